#include "models/tensor/training/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/tensor/autograd.h"
#include "models/tensor/layers/module.h"
#include "models/tensor/ops.h"

namespace argent::tensor {
namespace {

/// Pairs whose curvature is not larger than this teach nothing.
constexpr double kLeastCurvature = 1e-10;

double product(const Tensor& a, const Tensor& b) { return sum(a * b).item(); }

double largest(const Tensor& x) {
  double result = 0;
  for (double value : read_values(x)) result = std::max(result, std::abs(value));
  return result;
}

struct Sample {
  double at, value, slope;
};

/// Where the cubic through two points and their slopes is lowest, kept between `low` and `high`; their middle when it has no minimum.
double cubic_minimum(const Sample& a, const Sample& b, double low, double high) {
  const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.at - b.at);
  const double square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const double d2 = std::sqrt(square);
  const auto& [left, right] = a.at <= b.at ? std::pair(a, b) : std::pair(b, a);
  const double minimum = right.at - (right.at - left.at) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return std::min(std::max(minimum, low), high);
}

}  // namespace

/// A length along the direction at which both of Wolfe's conditions hold: less loss than the slope promises a part of, and a flatter slope.
class Lbfgs::Search {
 public:
  /// From a start with this loss and slope; `evaluate(length)` looks there.
  Search(double loss, double slope, double largest_of_direction, double tolerance, std::function<Step(double)> evaluate)
      : loss_(loss), slope_(slope), extent_(largest_of_direction), tolerance_(tolerance), evaluate_(std::move(evaluate)) {}

  Step run(const Step& start, double length) {
    bracket(start, length);
    while (!done_ && looks_ < kMostLooks && std::abs(high_.length - low_.length) * extent_ >= tolerance_) narrow();
    return low_;
  }

 private:
  static constexpr double kDecrease = 1e-4, kFlatter = 0.9;
  static constexpr int kMostLooks = 25;

  bool decreases(const Step& step) const { return step.point.loss <= loss_ + kDecrease * step.length * slope_; }
  bool is_flat(const Step& step) const { return std::abs(step.slope) <= -kFlatter * slope_; }
  static Sample sample(const Step& step) { return {step.length, step.point.loss, step.slope}; }

  /// Longer and longer steps until one lies beyond a good one.
  void bracket(const Step& start, double length) {
    Step before = start, here = evaluate_(length);
    for (; looks_ < kMostLooks; looks_++) {
      if (!decreases(here) || (looks_ > 1 && here.point.loss >= before.point.loss)) return set(before, here);
      if (is_flat(here)) {
        done_ = true;
        low_ = high_ = here;
        return;
      }
      if (here.slope >= 0) return set(before, here);
      const double longer =
          cubic_minimum(sample(before), sample(here), here.length + 0.01 * (here.length - before.length), here.length * 10);
      before = std::exchange(here, Step{});
      here = evaluate_(longer);
    }
    set(start, here);
  }

  /// The bracket's better end is `low_`; `first_is_low_` tells equal ends apart as they were found.
  void set(const Step& first, const Step& second) {
    low_ = first, high_ = second;
    low_is_first_ = true;
    order();
  }
  void order() {
    const bool first_is_low = low_is_first_ ? low_.point.loss <= high_.point.loss : high_.point.loss <= low_.point.loss;
    if (first_is_low == low_is_first_) return;
    std::swap(low_, high_);
    low_is_first_ = !low_is_first_;
  }

  void narrow() {
    const double left = std::min(low_.length, high_.length), right = std::max(low_.length, high_.length);
    const Step &first = low_is_first_ ? low_ : high_, &second = low_is_first_ ? high_ : low_;
    double length = cubic_minimum(sample(first), sample(second), left, right);
    // Twice near the same end is too little progress: then a tenth inside.
    const double inside = 0.1 * (right - left);
    if (std::min(right - length, length - left) < inside) {
      if (slow_ || length >= right || length <= left) {
        length = std::abs(length - right) < std::abs(length - left) ? right - inside : left + inside;
        slow_ = false;
      } else {
        slow_ = true;
      }
    } else {
      slow_ = false;
    }
    Step here = evaluate_(length);
    looks_++;
    if (!decreases(here) || here.point.loss >= low_.point.loss) {
      high_ = std::move(here);
      order();
      return;
    }
    if (is_flat(here)) {
      done_ = true;
    } else if (here.slope * (high_.length - low_.length) >= 0) {
      high_ = low_;
    }
    low_ = std::move(here);
  }

  double loss_, slope_, extent_, tolerance_;
  std::function<Step(double)> evaluate_;
  Step low_, high_;
  bool low_is_first_ = true, done_ = false, slow_ = false;
  int looks_ = 0;
};

Lbfgs::Lbfgs(std::vector<Tensor> parameters, const LbfgsOptions& options) : parameters_(std::move(parameters)), options_(options) {
  if (parameters_.empty()) throw Error("lbfgs: no parameters");
  if (options.history < 1 || options.max_iterations < 1) throw Error("lbfgs: history and iterations are at least 1");
  if (options_.max_evaluations == 0) options_.max_evaluations = options.max_iterations * 5 / 4;
  const DType type = parameters_[0].dtype();
  for (const Tensor& parameter : parameters_) {
    if (!parameter.is_leaf() || !parameter.requires_grad()) throw Error("lbfgs: a parameter is no leaf that requires a gradient");
    if (parameter.dtype() != type) throw Error("lbfgs: parameters of two types");
    size_ += parameter.count();
  }
  numbers_ = zeros({kNumbers}, DType::kF64);
  direction_ = zeros({size_}, type);
  gradient_ = zeros({size_}, type);
  moves_ = zeros({options.history, size_}, type);
  changes_ = zeros({options.history, size_}, type);
}

void Lbfgs::describe(Members& members) {
  members.buffer("numbers", numbers_);
  members.buffer("direction", direction_);
  members.buffer("gradient", gradient_);
  members.buffer("moves", moves_);
  members.buffer("changes", changes_);
}

Lbfgs::Point Lbfgs::evaluate(const std::function<Tensor()>& loss) {
  evaluations_++;
  zero_gradients(parameters_);
  double value = 0;
  {
    const GradientMode on(true);
    value = loss().item();
  }
  std::vector<Tensor> pieces;
  for (const Tensor& parameter : parameters_) {
    const Tensor gradient = parameter.grad();
    pieces.push_back(gradient.defined() ? gradient.detach().reshape({-1}) : zeros({parameter.count()}, parameter.dtype()));
  }
  return {value, concat(pieces, 0)};
}

Tensor Lbfgs::flat_parameters() const {
  std::vector<Tensor> pieces;
  for (const Tensor& parameter : parameters_) pieces.push_back(parameter.detach().reshape({-1}));
  return concat(pieces, 0);
}

void Lbfgs::move_to(const Tensor& flat) {
  std::int64_t offset = 0;
  for (Tensor& parameter : parameters_) {
    parameter.assign(flat.slice(0, offset, offset + parameter.count()).view(parameter.shape()));
    offset += parameter.count();
  }
}

void Lbfgs::learn_curvature(const Tensor& gradient) {
  const Tensor change = gradient - gradient_, move = direction_ * number(kLength);
  const double curvature = product(change, move);
  if (!(curvature > kLeastCurvature)) return;
  const double newest = std::fmod(number(kNewest) + 1, options_.history);
  set_number(kNewest, newest);
  set_number(kRows, std::min<double>(number(kRows) + 1, options_.history));
  set_number(kScale, curvature / product(change, change));
  changes_.select(0, static_cast<std::int64_t>(newest)).assign(change);
  moves_.select(0, static_cast<std::int64_t>(newest)).assign(move);
}

Tensor Lbfgs::direction_from(const Tensor& gradient) const {
  const auto rows = static_cast<std::int64_t>(number(kRows)), newest = static_cast<std::int64_t>(number(kNewest));
  const auto row = [&](const Tensor& ring, std::int64_t age) {
    return ring.select(0, (newest - age + options_.history) % options_.history);
  };
  std::vector<double> inverse(static_cast<std::size_t>(rows)), alpha(static_cast<std::size_t>(rows));
  Tensor q = -gradient;
  for (std::int64_t age = 0; age < rows; age++) {
    const auto i = static_cast<std::size_t>(age);
    inverse[i] = 1 / product(row(changes_, age), row(moves_, age));
    alpha[i] = product(row(moves_, age), q) * inverse[i];
    q = q - row(changes_, age) * alpha[i];
  }
  q = q * number(kScale);
  for (std::int64_t age = rows - 1; age >= 0; age--) {
    const auto i = static_cast<std::size_t>(age);
    const double beta = product(row(changes_, age), q) * inverse[i];
    q = q + row(moves_, age) * (alpha[i] - beta);
  }
  return q;
}

double Lbfgs::step(const std::function<Tensor()>& loss) {
  const NoGrad off;
  evaluations_ = 0;
  Point here = evaluate(loss);
  const double first = here.loss;
  if (largest(here.gradient) <= options_.tolerance_gradient) return first;
  for (int iteration = 1; iteration <= options_.max_iterations; iteration++) {
    const bool at_start = number(kIterations) == 0;
    set_number(kIterations, number(kIterations) + 1);
    if (at_start) {
      set_number(kScale, 1);
    } else {
      learn_curvature(here.gradient);
    }
    direction_.assign(direction_from(here.gradient));
    gradient_.assign(here.gradient);
    const double loss_before = here.loss;
    double length = options_.learning_rate;
    if (at_start) length *= std::min(1.0, 1 / sum(abs(here.gradient)).item());
    set_number(kLength, length);
    const double slope = product(here.gradient, direction_);
    if (slope > -options_.tolerance_change) break;

    const Tensor from = flat_parameters();
    if (options_.line_search == LineSearch::kStrongWolfe) {
      Search search(here.loss, slope, largest(direction_), options_.tolerance_change, [&](double at) {
        move_to(from + direction_ * at);
        Point point = evaluate(loss);
        const double there = product(point.gradient, direction_);
        return Step{at, std::move(point), there};
      });
      const Step found = search.run({0, here, slope}, length);
      set_number(kLength, length = found.length);
      here = found.point;
      move_to(from + direction_ * length);
    } else {
      move_to(from + direction_ * length);
      if (iteration < options_.max_iterations) here = evaluate(loss);
    }
    if (evaluations_ >= options_.max_evaluations || largest(here.gradient) <= options_.tolerance_gradient) break;
    if (largest(direction_) * std::abs(length) <= options_.tolerance_change) break;
    if (std::abs(here.loss - loss_before) < options_.tolerance_change) break;
  }
  return first;
}

}  // namespace argent::tensor
