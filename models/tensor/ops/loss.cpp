#include "models/tensor/ops/loss.h"

#include <cmath>
#include <numbers>
#include <vector>

#include "models/tensor/ops.h"
#include "models/tensor/ops/wide.h"

namespace argent::tensor {
namespace {

Tensor reduced(const Tensor& losses, Reduction reduction) {
  if (reduction == Reduction::kMean) return mean(losses);
  return reduction == Reduction::kSum ? sum(losses) : losses;
}

Tensor weighted(const Tensor& losses, const Tensor& weight) { return weight.defined() ? losses * weight : losses; }

/// `f` of the two, widened and reduced.
template <class F>
Tensor loss_of(const Operand& prediction, const Operand& target, Reduction reduction, F&& f) {
  const WideScope scope(prediction, target);
  return scope.narrow_if_asked(reduced(f(scope.widen(prediction), scope.widen(target)), reduction));
}

/// The same in f64, rounded once: of sums whose parts cancel.
template <class F>
Tensor precise_loss_of(const Operand& prediction, const Operand& target, Reduction reduction, F&& f) {
  return loss_of(prediction, target, Reduction::kNone, [&](const Tensor& p, const Tensor& t) {
    return reduced(f(p.to(DType::kF64), t.to(DType::kF64)), reduction).to(promote(p.dtype(), t.dtype()));
  });
}

/// `f` of prediction - target.
template <class F>
Tensor difference_loss(const Operand& prediction, const Operand& target, Reduction reduction, F&& f) {
  return loss_of(prediction, target, reduction, [&](const Tensor& p, const Tensor& t) { return f(p - t); });
}

Tensor huber(const Tensor& difference, double delta) {
  const Tensor size = abs(difference);
  return where(size < delta, 0.5 * square(difference), delta * (size - 0.5 * delta));
}

}  // namespace

Tensor mse_loss(const Operand& prediction, const Operand& target, Reduction reduction) {
  return difference_loss(prediction, target, reduction, [](const Tensor& d) { return square(d); });
}

Tensor l1_loss(const Operand& prediction, const Operand& target, Reduction reduction) {
  return difference_loss(prediction, target, reduction, [](const Tensor& d) { return abs(d); });
}

Tensor huber_loss(const Operand& prediction, const Operand& target, double delta, Reduction reduction) {
  return difference_loss(prediction, target, reduction, [&](const Tensor& d) { return huber(d, delta); });
}

Tensor smooth_l1_loss(const Operand& prediction, const Operand& target, double beta, Reduction reduction) {
  return difference_loss(prediction, target, reduction, [&](const Tensor& d) { return beta == 0 ? abs(d) : huber(d, beta) / beta; });
}

Tensor charbonnier_loss(const Operand& prediction, const Operand& target, double epsilon, Reduction reduction) {
  return difference_loss(prediction, target, reduction, [&](const Tensor& d) { return sqrt(square(d) + epsilon * epsilon); });
}

// ---- classes ---------------------------------------------------------------------------------------------------------------------------

namespace {

int class_axis(const Tensor& x) {
  if (x.rank() == 0) throw OpError("nll_loss: a single number, expected [N, C, ..] or [C]");
  return x.rank() == 1 ? 0 : 1;
}

/// [C] as weights that broadcast to x, widened; undefined when not given.
Tensor class_weights(const WideScope& scope, const Tensor& weight, const Tensor& x) {
  if (!weight.defined()) return {};
  const int axis = class_axis(x);
  if (!(weight.shape() == Dims{x.size(axis)}))
    throw OpError("nll_loss: weights of shape ", weight.shape(), " for ", x.size(axis), " classes");
  Dims shape = Dims::filled(x.rank(), 1);
  shape[axis] = weight.count();
  return scope.widen(weight).reshape(shape);
}

/// Losses of class indices, `weight` being what class_weights() gives and `smoothing` of each spread over all classes.
Tensor index_loss(const Tensor& x, const Tensor& target, const Tensor& weight, const ClassOptions& options, double smoothing) {
  const int axis = class_axis(x);
  const Tensor ignored = equal(target, options.ignore_index), index = where(ignored, 0, target.to(DType::kI64)).unsqueeze(axis);
  const auto unless_ignored = [&](const Tensor& values) { return where(ignored, 0, values); };
  const Tensor spread = (weight.defined() ? weight : full({}, 1, x.dtype())).expand(x.shape());
  const Tensor own_weight = unless_ignored(gather(spread, axis, index).squeeze(axis));
  Tensor losses = unless_ignored(-gather(x, axis, index).squeeze(axis) * own_weight);
  if (smoothing != 0) {
    const Tensor even = unless_ignored(-sum(x * spread, {axis})) * (smoothing / static_cast<double>(x.size(axis)));
    losses = losses * (1 - smoothing) + even;
  }
  return options.reduction == Reduction::kMean ? sum(losses) / sum(own_weight) : reduced(losses, options.reduction);
}

}  // namespace

Tensor nll_loss(const Operand& log_probabilities, const Tensor& target, const ClassOptions& options) {
  const WideScope scope(log_probabilities);
  const Tensor x = scope.widen(log_probabilities);
  return scope.narrow_if_asked(index_loss(x, target, class_weights(scope, options.weight, x), options, 0));
}

Tensor cross_entropy(const Operand& logits, const Tensor& target, const ClassOptions& options, double label_smoothing) {
  const WideScope scope(logits);
  const Tensor raw = scope.widen(logits);
  const int axis = class_axis(raw);
  const Tensor x = log_softmax(raw, axis), weight = class_weights(scope, options.weight, x);
  if (!is_floating(target.dtype())) return scope.narrow_if_asked(index_loss(x, target, weight, options, label_smoothing));
  const Tensor wanted = scope.widen(target) * (1 - label_smoothing) + label_smoothing / static_cast<double>(x.size(axis));
  return scope.narrow_if_asked(reduced(-sum(weighted(x * wanted, weight), {axis}), options.reduction));
}

Tensor binary_cross_entropy(const Operand& probability, const Operand& target, const Tensor& weight, Reduction reduction) {
  return precise_loss_of(probability, target, reduction, [&](const Tensor& p, const Tensor& t) {
    constexpr double kLeast = -100;
    const auto bounded_log = [](const Tensor& x, const Tensor& log_x_of) {
      const Tensor low = x <= std::exp(kLeast);
      return where(low, kLeast, where(low, 0, log_x_of));
    };
    const Tensor log_p = bounded_log(p, log(where(p <= std::exp(kLeast), 1, p)));
    const Tensor log_rest = bounded_log(1 - p, log1p(-where(equal(p, 1), 0, p)));
    return weighted(-(t * log_p + (1 - t) * log_rest), weight);
  });
}

Tensor binary_cross_entropy_with_logits(const Operand& logits, const Operand& target, const Tensor& weight, const Tensor& positive_weight,
                                        Reduction reduction) {
  return precise_loss_of(logits, target, reduction, [&](const Tensor& x, const Tensor& t) {
    const Tensor low = -log_sigmoid(x);  // -log p; -log(1 - p) is x more
    const Tensor own = positive_weight.defined() ? (1 + (positive_weight.to(DType::kF64) - 1) * t) * low : low;
    return weighted((1 - t) * x + own, weight);
  });
}

Tensor kl_divergence(const Operand& prediction, const Operand& target, Probabilities form, Reduction reduction) {
  return precise_loss_of(prediction, target, reduction, [&](const Tensor& p, const Tensor& t) {
    return form == Probabilities::kLogarithms ? exp(t) * (t - p) : xlogy(t, t) - t * p;
  });
}

// ---- directions ------------------------------------------------------------------------------------------------------------------------

Tensor cosine_similarity(const Operand& a, const Operand& b, int axis, double epsilon) {
  const WideScope scope(a, b);
  return scope.narrow_if_asked(sum(normalize(scope.widen(a), 2, axis, epsilon) * normalize(scope.widen(b), 2, axis, epsilon), {axis}));
}

Tensor angular_error(const Operand& prediction, const Operand& target, int axis, AngleUnit unit, Reduction reduction) {
  return loss_of(prediction, target, reduction, [&](const Tensor& p, const Tensor& t) {
    const Tensor a = p * norm(t, 2, {axis}, Keep::kYes), b = t * norm(p, 2, {axis}, Keep::kYes);
    const Tensor angle = 2 * atan2(norm(a - b, 2, {axis}), norm(a + b, 2, {axis}));
    return unit == AngleUnit::kDegrees ? angle * (180 / std::numbers::pi) : angle;
  });
}

Tensor mired_error(const Operand& prediction, const Operand& target, Reduction reduction) {
  return loss_of(prediction, target, reduction, [](const Tensor& p, const Tensor& t) { return abs(1e6 / p - 1e6 / t); });
}

Tensor von_mises_loss(const Operand& angle, const Operand& mean, const Operand& concentration, Reduction reduction) {
  const WideScope scope(angle, mean);
  const Tensor k = scope.widen(concentration);
  const Tensor losses = log_bessel_i0(k) + std::log(2 * std::numbers::pi) - k * cos(scope.widen(angle) - scope.widen(mean));
  return scope.narrow_if_asked(reduced(sum(losses, {-1}), reduction));
}

// ---- pictures --------------------------------------------------------------------------------------------------------------------------

namespace {

/// A normalized Gaussian along one axis of pictures [N, 1, H, W].
Tensor gaussian_kernel(const SsimOptions& options, const Dims& shape, DType type) {
  std::vector<double> taps;
  double total = 0;
  const int half = options.window / 2;
  for (int from_middle = -half; from_middle <= half; from_middle++) {
    taps.push_back(std::exp(-from_middle * from_middle / (2 * options.sigma * options.sigma)));
    total += taps.back();
  }
  for (double& tap : taps) tap /= total;
  return from_values(taps, shape, type);
}

}  // namespace

Tensor ssim(const Operand& a, const Operand& b, const SsimOptions& options) {
  const std::int64_t size = options.window;
  return loss_of(a, b, options.reduction, [&](const Tensor& x, const Tensor& y) {
    if (x.rank() != 4 || !(x.shape() == y.shape()) || size < 1 || size % 2 == 0 || x.size(2) < size || x.size(3) < size)
      throw OpError("ssim: pictures of shapes ", x.shape(), " and ", y.shape(), " under a window of ", size,
                    ", expected two alike [N, C, H, W] and no smaller, an odd window");
    const Tensor along = gaussian_kernel(options, {1, 1, 1, size}, x.dtype()), down = along.view({1, 1, size, 1});
    const Dims planes{x.size(0) * x.size(1), 1, x.size(2), x.size(3)};
    const auto blurred = [&](const Tensor& picture) { return conv(conv(picture.reshape(planes), along), down); };
    const Tensor mean_x = blurred(x), mean_y = blurred(y);
    const Tensor variance_x = blurred(square(x)) - square(mean_x), variance_y = blurred(square(y)) - square(mean_y);
    const Tensor covariance = blurred(x * y) - mean_x * mean_y;
    const double c1 = std::pow(0.01 * options.range, 2), c2 = std::pow(0.03 * options.range, 2);
    const Tensor similarity =
        (2 * mean_x * mean_y + c1) * (2 * covariance + c2) / ((square(mean_x) + square(mean_y) + c1) * (variance_x + variance_y + c2));
    return similarity.reshape({x.size(0), x.size(1), similarity.size(2), similarity.size(3)});
  });
}

}  // namespace argent::tensor
