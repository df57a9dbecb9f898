#include "models/tensor/training/lbfgs.h"

#include <algorithm>
#include <array>
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

/// What `part` says of each parameter, one behind the other.
template <class F>
Tensor flat(const std::vector<Tensor>& parameters, F&& part) {
  std::vector<Tensor> pieces;
  pieces.reserve(parameters.size());
  for (const Tensor& parameter : parameters) pieces.push_back(part(parameter).reshape({-1}));
  return concat(pieces, 0);
}

}  // namespace

/// A length along the direction at which both of Wolfe's conditions hold: less loss than the slope promises a part of, and a flatter slope.
struct Lbfgs::Search {
  static constexpr double kDecrease = 1e-4, kFlatter = 0.9;
  static constexpr int kMostLooks = 25;

  Step start;
  double extent, tolerance;              ///< the largest element of the direction, and what it is not worth to look closer than
  std::function<Step(double)> evaluate;  ///< looks at a length
  std::array<Step, 2> ends{};            ///< of the bracket
  std::size_t better = 0;                ///< of the ends the one with less loss, of equal ones the first
  bool done = false, slow = false;
  int looks = 0;

  Step run(double length) {
    bracket(length);
    while (!done && looks < kMostLooks && std::abs(ends[0].length - ends[1].length) * extent >= tolerance) narrow();
    return ends[better];
  }

  bool decreases(const Step& step) const { return step.point.loss <= start.point.loss + kDecrease * step.length * start.slope; }
  bool is_flat(const Step& step) const { return std::abs(step.slope) <= -kFlatter * start.slope; }

  /// Where the cubic through two steps and their slopes is lowest, kept between `low` and `high`; their middle when it has no minimum.
  static double cubic_minimum(const Step& a, const Step& b, double low, double high) {
    const double d1 = a.slope + b.slope - 3 * (a.point.loss - b.point.loss) / (a.length - b.length);
    const double square = d1 * d1 - a.slope * b.slope;
    if (!(square >= 0)) return (low + high) / 2;
    const double d2 = std::sqrt(square);
    const Step &left = a.length <= b.length ? a : b, &right = a.length <= b.length ? b : a;
    const double minimum = right.length - (right.length - left.length) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
    return std::min(std::max(minimum, low), high);
  }

  /// Longer and longer steps until one lies beyond a good one.
  void bracket(double length) {
    Step before = start, here = evaluate(length);
    for (; looks < kMostLooks; looks++) {
      if (!decreases(here) || (looks > 1 && here.point.loss >= before.point.loss)) return set(before, here);
      done = is_flat(here);
      if (done) return set(here, here);
      if (here.slope >= 0) return set(before, here);
      const double longer = cubic_minimum(before, here, here.length + 0.01 * (here.length - before.length), here.length * 10);
      before = std::move(here);
      here = evaluate(longer);
    }
    set(start, here);
  }

  void set(const Step& first, const Step& second) {
    ends = {first, second};
    better = first.point.loss <= second.point.loss ? 0 : 1;
  }

  void narrow() {
    const auto [left, right] = std::minmax(ends[0].length, ends[1].length);
    double length = cubic_minimum(ends[0], ends[1], left, right);
    // Twice near the same end is too little progress: then a tenth inside.
    const double inside = 0.1 * (right - left);
    const bool near_end = std::min(right - length, length - left) < inside;
    const bool too_slow = near_end && (slow || length >= right || length <= left);
    if (too_slow) length = std::abs(length - right) < std::abs(length - left) ? right - inside : left + inside;
    slow = near_end && !too_slow;
    Step here = evaluate(length);
    looks++;
    Step &low = ends[better], &high = ends[1 - better];
    if (!decreases(here) || here.point.loss >= low.point.loss) {
      high = std::move(here);
      better = ends[0].point.loss <= ends[1].point.loss ? 0 : 1;
      return;
    }
    done = is_flat(here);
    if (!done && here.slope * (high.length - low.length) >= 0) high = low;
    low = std::move(here);
  }
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
  const GradientMode on(true);
  const double value = loss().item();
  return {value, flat(parameters_, [](const Tensor& parameter) {
            const Tensor gradient = parameter.grad();
            return gradient.defined() ? gradient.detach() : zeros(parameter.shape(), parameter.dtype());
          })};
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
  std::vector<double> inverse, alpha;  // the newest first
  Tensor q = -gradient;
  for (std::int64_t age = 0; age < rows; age++) {
    inverse.push_back(1 / product(row(changes_, age), row(moves_, age)));
    alpha.push_back(product(row(moves_, age), q) * inverse.back());
    q = q - row(changes_, age) * alpha.back();
  }
  q = q * number(kScale);
  for (std::int64_t age = rows - 1; age >= 0; age--) {
    const double beta = product(row(changes_, age), q) * inverse.back();
    q = q + row(moves_, age) * (alpha.back() - beta);
    inverse.pop_back();
    alpha.pop_back();
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
    at_start ? set_number(kScale, 1) : learn_curvature(here.gradient);
    direction_.assign(direction_from(here.gradient));
    gradient_.assign(here.gradient);
    const double loss_before = here.loss;
    double length = options_.learning_rate;
    if (at_start) length *= std::min(1.0, 1 / sum(abs(here.gradient)).item());
    set_number(kLength, length);
    const double slope = product(here.gradient, direction_);
    if (slope > -options_.tolerance_change) break;

    const Tensor from = flat(parameters_, [](const Tensor& parameter) { return parameter.detach(); });
    if (options_.line_search == LineSearch::kStrongWolfe) {
      const auto look = [&](double at) {
        move_to(from + direction_ * at);
        Point point = evaluate(loss);
        const double there = product(point.gradient, direction_);
        return Step{at, std::move(point), there};
      };
      const Step found = Search{{0, here, slope}, largest(direction_), options_.tolerance_change, look}.run(length);
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
