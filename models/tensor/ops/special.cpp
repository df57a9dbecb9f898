#include "models/tensor/ops/special.h"

#include <cmath>
#include <numbers>

#include "models/tensor/ops/wide.h"

namespace argent::tensor {
namespace {

/// `f` of three, in f64, rounded once: x may cancel most of what is added to it.
template <class F>
Tensor in_f64(const Operand& x, const Operand& a, const Operand& b, F&& f) {
  const WideScope scope(x, a);
  const Tensor base = scope.widen(x), first = scope.widen(a), second = scope.widen(b);
  const DType type = second.rank() == 0 ? scope.wide_type() : promote(scope.wide_type(), second.dtype());
  return scope.narrow(f(base.to(DType::kF64), first.to(DType::kF64), second.to(DType::kF64)).to(type));
}

}  // namespace

Tensor addcmul(const Operand& x, const Operand& a, const Operand& b, double value) {
  if (!is_floating(promote(x.tensor().dtype(), promote(a.tensor().dtype(), b.tensor().dtype())))) {
    const SourceScope scope(source_in_scope(x.source()));
    return x + a * b * static_cast<std::int64_t>(value);
  }
  return in_f64(x, a, b, [&](const Tensor& base, const Tensor& p, const Tensor& q) { return base + value * p * q; });
}

Tensor addcdiv(const Operand& x, const Operand& a, const Operand& b, double value) {
  return in_f64(x, a, b, [&](const Tensor& base, const Tensor& p, const Tensor& q) { return base + value * p / q; });
}

Tensor lerp(const Operand& a, const Operand& b, const Operand& weight) {
  const WideScope scope(a, b);
  const Tensor first = scope.widen(a), second = scope.widen(b), w = scope.widen(weight), step = second - first;
  return scope.narrow(where(abs(w) < 0.5, first + w * step, second - (1 - w) * step));  // exact at both ends
}

Tensor hypot(const Operand& a, const Operand& b) {
  const WideScope scope(a, b);
  const Tensor x = scope.widen(a).to(DType::kF64), y = scope.widen(b).to(DType::kF64);  // the scale rounds in gradients
  const Tensor largest = maximum(abs(x.detach()), abs(y.detach()));
  const Tensor scale = where(logical_and(largest > 0, largest < INFINITY), largest, 1);
  return scope.narrow((scale * sqrt(square(x / scale) + square(y / scale))).to(scope.wide_type()));
}

Tensor logaddexp(const Operand& a, const Operand& b) {
  return computed(a, b, [](const Tensor& x, const Tensor& y) {
    const Tensor first = x >= y, high = where(first, x, y), low = where(first, y, x);
    const Tensor apart = where(equal(abs(high), INFINITY), 0, low - high);  // infinity - infinity is none
    return high + log1p(exp(apart));
  });
}

Tensor xlogy(const Operand& a, const Operand& b) {
  return computed(a, b, [](const Tensor& x, const Tensor& y) {
    const Tensor zero = logical_and(equal(x, 0), equal(y, y));
    return where(zero, 0, x * log(where(zero, 1, y)));
  });
}

Tensor heaviside(const Operand& x, const Operand& at_zero) {
  const SourceScope scope(source_in_scope(x.source()));
  return where(equal(x, 0), at_zero, relu(sign(x)));
}

Tensor logit(const Operand& operand, double epsilon) {
  return computed(operand, [&](const Tensor& given) {
    const Tensor x = epsilon > 0 ? clamp(given, epsilon, 1 - epsilon) : given;
    return log(x / (1 - x));
  });
}

Tensor exp2(const Operand& operand) {
  return computed(operand, [](const Tensor& x) { return pow(2, x); });
}
Tensor log2(const Operand& operand) {
  return computed(operand, [](const Tensor& x) { return log(x) * std::numbers::log2e; });
}
Tensor log10(const Operand& operand) {
  return computed(operand, [](const Tensor& x) { return log(x) * std::numbers::log10e; });
}

}  // namespace argent::tensor
