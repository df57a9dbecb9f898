// The functions of one floating number: exp, log, trigonometry, and their like.

#include <cmath>
#include <numbers>

#include "models/kernels/special_functions.h"
#include "models/tensor/ops/rows.h"

namespace argent::tensor {
namespace {

using kernels::Domain, kernels::Unary;
using T = const Tensor&;
const double kRootOfPi = std::sqrt(std::numbers::pi);

/// A gradient, and what it needs of the operation.
struct Slope {
  Gradient gradient;
  Saved saved;
};
template <auto kGradient>
constexpr Slope of_input() {
  return {[](GradientCall& c) { c.set(0, kGradient(c.gradient(), c.input())); }, Saved::kFirstInput};
}
template <auto kGradient>
constexpr Slope of_output() {
  return {[](GradientCall& c) { c.set(0, kGradient(c.gradient(), c.output())); }, Saved::kOutputs};
}

template <auto kFunction>
constexpr Row function(OpId id, std::string_view name, std::string_view onnx, Slope slope, Samples samples = unary_samples<>) {
  return row(id, name, onnx, TypeRule::kFloating, infer_unary, unary_loop<Domain::kFloating, kFunction>, slope.gradient, slope.saved,
             samples);
}
/// What loses its meaning with few digits.
template <auto kFunction>
constexpr Row precise(OpId id, std::string_view name, std::string_view onnx, Slope slope, Samples samples = unary_samples<>) {
  return function<kFunction>(id, name, onnx, slope, samples).in(Autocast::kF32);
}

void bessel_ratio_gradient(GradientCall& c) {
  // r' = 1 - r / x - r^2 (Abramowitz and Stegun 9.6.26), r / x near 0: 1 / 2
  const Tensor x = c.input(), r = c.output(), zero = equal(x, 0);
  const Tensor share = where(zero, 0.5, r / where(zero, 1, x));
  c.set(0, c.gradient() * (1 - share - square(r)));
}

int order_of(const Attributes& attributes) { return static_cast<int>(attributes.integer(Key::kCount)); }

void differentiate_digamma(const Call& call, std::span<Tensor> out) { kernels::polygamma(out[0], call.input(), order_of(call.attributes)); }

void polygamma_gradient(GradientCall& c) { c.set(0, c.gradient() * polygamma(order_of(c.attributes()) + 1, c.input())); }

void polygamma_samples(SampleList& list) {
  for (std::int64_t n = 0; n < 4; n++) {
    list.add({list.numbers({7}, 0.3, 4)}, {{Key::kCount, n}});
    list.add({SampleList::strided(list.numbers({2, 3}, -0.9, -0.1))}, {{Key::kCount, n}});
  }
}

const Op kRows[] = {
    precise<[](auto x) { return 1 / x; }>(OpId::kReciprocal, "reciprocal", "Reciprocal",
                                          of_output<[](T g, T y) { return -g * square(y); }>(), unary_samples<5, 30>),
    function<[](auto x) { return std::sqrt(x); }>(OpId::kSqrt, "sqrt", "Sqrt", of_output<[](T g, T y) { return g / (2 * y); }>(),
                                                  unary_samples<2, 30>)
        .fast_by(fast_loop<Unary::kSqrt>),
    precise<[](auto x) { return 1 / std::sqrt(x); }>(OpId::kRsqrt, "rsqrt", "",
                                                     of_output<[](T g, T y) { return -0.5 * g * y * square(y); }>(), unary_samples<2, 30>),
    precise<[](auto x) { return std::exp(x); }>(OpId::kExp, "exp", "Exp", of_output<[](T g, T y) { return g * y; }>())
        .fast_by(fast_loop<Unary::kExp>),
    precise<[](auto x) { return std::expm1(x); }>(OpId::kExpm1, "expm1", "", of_input<[](T g, T x) { return g * exp(x); }>()),
    precise<[](auto x) { return std::log(x); }>(OpId::kLog, "log", "Log", of_input<[](T g, T x) { return g / x; }>(), unary_samples<2, 30>)
        .fast_by(fast_loop<Unary::kLog>),
    precise<[](auto x) { return std::log1p(x); }>(OpId::kLog1p, "log1p", "", of_input<[](T g, T x) { return g / (x + 1); }>(),
                                                  unary_samples<-5, 30>),
    function<[](auto x) { return std::sin(x); }>(OpId::kSin, "sin", "Sin", of_input<[](T g, T x) { return g * cos(x); }>()),
    function<[](auto x) { return std::cos(x); }>(OpId::kCos, "cos", "Cos", of_input<[](T g, T x) { return -g * sin(x); }>()),
    precise<[](auto x) { return std::tan(x); }>(OpId::kTan, "tan", "Tan", of_output<[](T g, T y) { return g * (1 + square(y)); }>(),
                                                unary_samples<-12, 12>),
    precise<[](auto x) { return std::asin(x); }>(OpId::kAsin, "asin", "Asin", of_input<[](T g, T x) { return g * rsqrt(1 - square(x)); }>(),
                                                 unary_samples<-9, 9>),
    precise<[](auto x) { return std::acos(x); }>(OpId::kAcos, "acos", "Acos",
                                                 of_input<[](T g, T x) { return -g * rsqrt(1 - square(x)); }>(), unary_samples<-9, 9>),
    function<[](auto x) { return std::atan(x); }>(OpId::kAtan, "atan", "Atan", of_input<[](T g, T x) { return g / (1 + square(x)); }>()),
    precise<[](auto x) { return std::sinh(x); }>(OpId::kSinh, "sinh", "Sinh", of_input<[](T g, T x) { return g * cosh(x); }>()),
    precise<[](auto x) { return std::cosh(x); }>(OpId::kCosh, "cosh", "Cosh", of_input<[](T g, T x) { return g * sinh(x); }>()),
    function<[](auto x) { return std::tanh(x); }>(OpId::kTanh, "tanh", "Tanh", of_output<[](T g, T y) { return g * (1 - square(y)); }>())
        .fast_by(fast_loop<Unary::kTanh>),
    function<[](auto x) { return std::asinh(x); }>(OpId::kAsinh, "asinh", "Asinh",
                                                   of_input<[](T g, T x) { return g * rsqrt(square(x) + 1); }>()),
    function<[](auto x) { return std::acosh(x); }>(
        OpId::kAcosh, "acosh", "Acosh", of_input<[](T g, T x) { return g * rsqrt((x - 1) * (x + 1)); }>(), unary_samples<12, 30>),
    function<[](auto x) { return std::atanh(x); }>(OpId::kAtanh, "atanh", "Atanh", of_input<[](T g, T x) { return g / (1 - square(x)); }>(),
                                                   unary_samples<-9, 9>),
    function<[](auto x) { return 1 / (1 + std::exp(-x)); }>(OpId::kSigmoid, "sigmoid", "Sigmoid",
                                                            of_output<[](T g, T y) { return g * ((1 - y) * y); }>())
        .fast_by(fast_loop<Unary::kSigmoid>),
    precise<[](auto x) { return std::erf(x); }>(
        OpId::kErf, "erf", "Erf", of_input<[](T g, T x) { return g * exp(-square(x)) * (2 / kRootOfPi); }>(), unary_samples<-20, 20>),
    precise<[](auto x) { return std::erfc(x); }>(
        OpId::kErfc, "erfc", "", of_input<[](T g, T x) { return g * exp(-square(x)) * (-2 / kRootOfPi); }>(), unary_samples<-20, 20>),
    precise<kernels::inverse_erf>(OpId::kErfinv, "erfinv", "", of_output<[](T g, T y) { return g * exp(square(y)) * (kRootOfPi / 2); }>(),
                                  unary_samples<-9, 9>),
    precise<[](auto x) { return std::lgamma(x); }>(OpId::kLgamma, "lgamma", "", of_input<[](T g, T x) { return g * digamma(x); }>(),
                                                   unary_samples<2, 40>),
    row(OpId::kPolygamma, "polygamma", "", TypeRule::kFloating, infer_unary, differentiate_digamma, polygamma_gradient, Saved::kFirstInput,
        polygamma_samples)
        .in(Autocast::kF32),
    precise<kernels::log_bessel_i0>(OpId::kLogBesselI0, "log_bessel_i0", "", of_input<[](T g, T x) { return g * bessel_ratio(x); }>(),
                                    unary_samples<-300, 300>),
    precise<kernels::bessel_ratio>(OpId::kBesselRatio, "bessel_ratio", "", {bessel_ratio_gradient, Saved::kBoth}, unary_samples<-300, 300>),
};

}  // namespace

std::span<const Op> function_ops() { return kRows; }

Tensor reciprocal(const Operand& x) { return apply_to(OpId::kReciprocal, x); }
Tensor sqrt(const Operand& x) { return apply_to(OpId::kSqrt, x); }
Tensor rsqrt(const Operand& x) { return apply_to(OpId::kRsqrt, x); }
Tensor exp(const Operand& x) { return apply_to(OpId::kExp, x); }
Tensor expm1(const Operand& x) { return apply_to(OpId::kExpm1, x); }
Tensor log(const Operand& x) { return apply_to(OpId::kLog, x); }
Tensor log1p(const Operand& x) { return apply_to(OpId::kLog1p, x); }
Tensor sin(const Operand& x) { return apply_to(OpId::kSin, x); }
Tensor cos(const Operand& x) { return apply_to(OpId::kCos, x); }
Tensor tan(const Operand& x) { return apply_to(OpId::kTan, x); }
Tensor asin(const Operand& x) { return apply_to(OpId::kAsin, x); }
Tensor acos(const Operand& x) { return apply_to(OpId::kAcos, x); }
Tensor atan(const Operand& x) { return apply_to(OpId::kAtan, x); }
Tensor sinh(const Operand& x) { return apply_to(OpId::kSinh, x); }
Tensor cosh(const Operand& x) { return apply_to(OpId::kCosh, x); }
Tensor tanh(const Operand& x) { return apply_to(OpId::kTanh, x); }
Tensor asinh(const Operand& x) { return apply_to(OpId::kAsinh, x); }
Tensor acosh(const Operand& x) { return apply_to(OpId::kAcosh, x); }
Tensor atanh(const Operand& x) { return apply_to(OpId::kAtanh, x); }
Tensor sigmoid(const Operand& x) { return apply_to(OpId::kSigmoid, x); }
Tensor erf(const Operand& x) { return apply_to(OpId::kErf, x); }
Tensor erfc(const Operand& x) { return apply_to(OpId::kErfc, x); }
Tensor erfinv(const Operand& x) { return apply_to(OpId::kErfinv, x); }
Tensor lgamma(const Operand& x) { return apply_to(OpId::kLgamma, x); }
Tensor digamma(const Operand& x) { return polygamma(0, x); }
Tensor log_bessel_i0(const Operand& x) { return apply_to(OpId::kLogBesselI0, x); }
Tensor bessel_ratio(const Operand& x) { return apply_to(OpId::kBesselRatio, x); }

Tensor polygamma(int n, const Operand& x) {
  constexpr int kMost = 100;  // n! is a number far beyond it, but powers of small numbers are not
  if (n < 0 || n > kMost) throw OpError("polygamma: order ", n, ", expected 0 to ", kMost);
  return apply_one(OpId::kPolygamma, {x.tensor()}, {{Key::kCount, std::int64_t{n}}}, x.source());
}

}  // namespace argent::tensor
