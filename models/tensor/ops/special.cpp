#include "models/tensor/ops/special.h"

#include <cmath>
#include <numbers>

#include "models/kernels/element_loops.h"
#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/ops/wide.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

/// log I0(x) and I1(x) / I0(x) of x >= 0.
struct Bessel {
  double log_i0, ratio;
};

Bessel bessel(double x) {
  double zero = 1, one = 1;  // the two series, both of positive terms up to kLarge
  constexpr double kLarge = 20;
  if (x < kLarge) {
    const double quarter = x * x / 4;
    double tail = 0, term = 1;  // term: (x^2 / 4)^k / k!^2
    one = 0;
    for (int k = 0; term > 1e-18 * (1 + tail); k++) {
      one += term / (k + 1);
      term *= quarter / ((k + 1.0) * (k + 1.0));
      tail += term;
    }
    return {std::log1p(tail), x / 2 * one / (1 + tail)};
  }
  // exp(x) / sqrt(2 pi x) times a series whose terms shrink up to k = 2 x.
  double term_zero = 1, term_one = 1;
  for (int k = 1; k < 2 * kLarge; k++) {
    const double odd = (2 * k - 1.0) * (2 * k - 1.0), next = 8 * k * x;
    term_zero *= odd / next;
    term_one *= (odd - 4) / next;
    if (term_zero < 1e-18) break;
    zero += term_zero;
    one += term_one;
  }
  return {x - 0.5 * std::log(2 * std::numbers::pi * x) + std::log(zero), one / zero};
}

template <class T>
T log_i0_of(T x) {
  return x != x ? x : std::isinf(x) ? std::abs(x) : static_cast<T>(bessel(std::abs(static_cast<double>(x))).log_i0);
}
template <class T>
T ratio_of(T x) {
  if (x != x) return x;
  return std::copysign(std::isinf(x) ? T{1} : static_cast<T>(bessel(std::abs(static_cast<double>(x))).ratio), x);
}

template <auto kFunction>
constexpr Op bessel_row(OpId id, std::string_view name, Saved saved, void (*gradient)(G&)) {
  return {.id = id,
          .name = name,
          .types = TypeRule::kFloating,
          .infer = infer_unary,
          .reference = unary_loop<Domain::kFloating, kFunction>,
          .gradient = gradient,
          .saved = saved,
          .autocast = Autocast::kF32,
          .samples = unary_samples<-300, 300>};
}

const Op kRows[] = {
    bessel_row<[](auto x) { return log_i0_of(x); }>(OpId::kLogBesselI0, "log_bessel_i0", Saved::kFirstInput,
                                                    [](G& c) { c.set(0, c.gradient() * bessel_ratio(c.input())); }),
    bessel_row<[](auto x) { return ratio_of(x); }>(OpId::kBesselRatio, "bessel_ratio", Saved::kBoth,
                                                   [](G& c) {
                                                     // r' = 1 - r / x - r^2 (Abramowitz and Stegun 9.6.26), r / x near 0: 1 / 2
                                                     const Tensor x = c.input(), r = c.output(), zero = equal(x, 0);
                                                     const Tensor share = where(zero, 0.5, r / where(zero, 1, x));
                                                     c.set(0, c.gradient() * (1 - share - square(r)));
                                                   }),
};

}  // namespace

std::span<const Op> special_ops() { return kRows; }

Tensor log_bessel_i0(const Operand& x) { return apply_one(OpId::kLogBesselI0, {x.tensor()}, x.source()); }
Tensor bessel_ratio(const Operand& x) { return apply_one(OpId::kBesselRatio, {x.tensor()}, x.source()); }

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
  const WideScope scope(a, b);
  const Tensor x = scope.widen(a), y = scope.widen(b), first = x >= y;
  const Tensor high = where(first, x, y), low = where(first, y, x);
  const Tensor apart = where(equal(abs(high), INFINITY), 0, low - high);  // infinity - infinity is none
  return scope.narrow(high + log1p(exp(apart)));
}

Tensor xlogy(const Operand& a, const Operand& b) {
  const WideScope scope(a, b);
  const Tensor x = scope.widen(a), y = scope.widen(b), zero = logical_and(equal(x, 0), equal(y, y));
  return scope.narrow(where(zero, 0, x * log(where(zero, 1, y))));
}

Tensor heaviside(const Operand& x, const Operand& at_zero) {
  const SourceScope scope(source_in_scope(x.source()));
  return where(equal(x, 0), at_zero, relu(sign(x)));
}

Tensor logit(const Operand& operand, double epsilon) {
  const WideScope scope(operand);
  const Tensor x = epsilon > 0 ? clamp(scope.widen(operand), epsilon, 1 - epsilon) : scope.widen(operand);
  return scope.narrow(log(x / (1 - x)));
}

Tensor exp2(const Operand& x) {
  const WideScope scope(x);
  return scope.narrow(pow(2, scope.widen(x)));
}
Tensor log2(const Operand& x) {
  const WideScope scope(x);
  return scope.narrow(log(scope.widen(x)) * std::numbers::log2e);
}
Tensor log10(const Operand& x) {
  const WideScope scope(x);
  return scope.narrow(log(scope.widen(x)) * std::numbers::log10e);
}

}  // namespace argent::tensor
