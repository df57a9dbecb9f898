// Activations. Where a branch of where() could overflow, its argument is one that cannot: else its gradient is 0 times infinity.

#include "models/tensor/ops/activation.h"

#include <cmath>
#include <numbers>

#include "models/tensor/ops.h"
#include "models/tensor/ops/wide.h"

namespace argent::tensor {
namespace {

/// x minus its largest along the axis: softmax does not change, and exp() does not overflow. A constant to gradients. Where all are
/// -infinity, nothing is subtracted.
Tensor shifted(const Tensor& x, int axis) {
  const Tensor largest = max(x.detach(), {axis}, Keep::kYes);
  return x - where(equal(abs(largest), INFINITY), 0, largest);
}

Tensor scaled_elu(const Operand& operand, double alpha, double scale, double inner) {
  return computed(operand, [&](const Tensor& x) {
    const Tensor above = x > 0;
    return where(above, scale * x, alpha * scale * expm1(where(above, 0, x) * inner));
  });
}

}  // namespace

Tensor softmax(const Operand& operand, int axis) {
  const WideScope scope(operand);
  // In f64: the gradient is the little that is left of parts that cancel.
  const Tensor x = scope.widen(operand), powers = exp(shifted(x.to(DType::kF64), axis));
  return scope.narrow_if_asked((powers / sum(powers, {axis}, Keep::kYes)).to(x.dtype()));
}

Tensor log_softmax(const Operand& operand, int axis) {
  const WideScope scope(operand);
  const Tensor low = shifted(scope.widen(operand), axis);
  return scope.narrow_if_asked(low - log(sum(exp(low), {axis}, Keep::kYes)));
}

Tensor leaky_relu(const Operand& operand, double slope) {
  return computed(operand, [&](const Tensor& x) { return where(x > 0, x, x * slope); });
}

Tensor prelu(const Operand& operand, const Tensor& slopes) {
  const WideScope scope(operand);
  const Tensor x = scope.widen(operand), slope = scope.widen(slopes);
  if (slope.rank() != 1 || (slope.count() != 1 && (x.rank() < 2 || slope.count() != x.size(1))))
    throw OpError("prelu: slopes of shape ", slope.shape(), " for ", x.shape(), ", expected one, or one a channel");
  Dims shape = Dims::filled(x.rank(), 1);
  if (x.rank() > 1) shape[1] = slope.count();
  return scope.narrow(where(x > 0, x, x * slope.view(shape)));
}

Tensor hardtanh(const Operand& operand, double low, double high) {
  return computed(operand, [&](const Tensor& x) { return where(x <= low, low, where(x >= high, high, x)); });
}
Tensor relu6(const Operand& x) { return hardtanh(x, 0, 6); }
Tensor elu(const Operand& x, double alpha) { return scaled_elu(x, alpha, 1, 1); }
Tensor celu(const Operand& x, double alpha) { return scaled_elu(x, alpha, 1, 1 / alpha); }
// The two numbers keep mean 0 and variance 1: the paper's equation 14.
Tensor selu(const Operand& x) { return scaled_elu(x, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946, 1); }

Tensor silu(const Operand& operand) {
  return computed(operand, [](const Tensor& x) { return x * sigmoid(x); });
}
Tensor mish(const Operand& operand) {
  return computed(operand, [](const Tensor& x) { return x * tanh(softplus(x)); });
}
Tensor hardsigmoid(const Operand& operand) {
  return computed(operand, [](const Tensor& x) { return relu6(x + 3) / 6; });
}
Tensor hardswish(const Operand& operand) {
  return computed(operand, [](const Tensor& x) { return x * relu6(x + 3) / 6; });
}

Tensor softplus(const Operand& operand, double beta, double threshold) {
  return computed(operand, [&](const Tensor& x) {
    const Tensor z = x * beta, linear_from = z > threshold;
    return where(linear_from, x, log1p(exp(where(linear_from, 0, z))) / beta);
  });
}

Tensor log_sigmoid(const Operand& operand) {
  constexpr double kLinearFrom = 40;  // exp(-40) is below f64's rounding of 40
  return computed(operand, [](const Tensor& x) { return -softplus(-x, 1, kLinearFrom); });
}

Tensor softsign(const Operand& operand) {
  return computed(operand, [](const Tensor& x) { return x / (1 + abs(x)); });
}
Tensor tanhshrink(const Operand& operand) {
  return computed(operand, [](const Tensor& x) { return x - tanh(x); });
}

Tensor softshrink(const Operand& operand, double lambda) {
  return computed(operand, [&](const Tensor& x) { return where(x > lambda, x - lambda, where(x < -lambda, x + lambda, 0)); });
}
Tensor hardshrink(const Operand& operand, double lambda) {
  return computed(operand, [&](const Tensor& x) { return where(abs(x) <= lambda, 0, x); });
}
Tensor threshold(const Operand& operand, double at, double value) {
  return computed(operand, [&](const Tensor& x) { return where(x > at, x, value); });
}

Tensor gelu(const Operand& operand, Gelu form) {
  return computed(operand, [&](const Tensor& x) {
    if (form == Gelu::kExact) return 0.5 * x * erfc(x * -std::sqrt(0.5));
    // (1 + tanh(u)) / 2 is sigmoid(2 u), which keeps its digits where tanh is near -1.
    return x * sigmoid(2 * std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * square(x)));
  });
}

Tensor glu(const Operand& operand, int axis) {
  return computed(operand, [&](const Tensor& x) {
    const std::int64_t size = x.size(axis);
    if (size % 2 != 0) throw OpError("glu: axis ", axis, " of ", x.shape(), ", expected an even size");
    return x.slice(axis, 0, size / 2) * sigmoid(x.slice(axis, size / 2, size));
  });
}

}  // namespace argent::tensor
