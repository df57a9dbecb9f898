// The functions of one floating number: exp, log, trigonometry, and their like.

#include <cmath>
#include <limits>
#include <numbers>

#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/element_loops.h"
#include "models/tensor/ops/fast_elements.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

/// Inverse of the error function: Giles, Approximating the erfinv function (GPU Computing Gems, 2011) as a start, then Newton's steps on
/// erf to the precision of the type.
template <class T>
T inverse_erf(T y) {
  if (!(std::abs(y) < 1))
    return std::abs(y) == 1 ? std::copysign(std::numeric_limits<T>::infinity(), y) : std::numeric_limits<T>::quiet_NaN();
  const double target = y;
  const double a = -std::log((1 - target) * (1 + target));
  double x;
  if (a < 5) {
    const double w = a - 2.5;
    x = ((((((((2.81022636e-08 * w + 3.43273939e-07) * w - 3.5233877e-06) * w - 4.39150654e-06) * w + 0.00021858087) * w - 0.00125372503) *
               w -
           0.00417768164) *
              w +
          0.246640727) *
             w +
         1.50140941) *
        target;
  } else {
    const double w = std::sqrt(a) - 3;
    x = ((((((((-0.000200214257 * w + 0.000100950558) * w + 0.00134934322) * w - 0.00367342844) * w + 0.00573950773) * w - 0.0076224613) *
               w +
           0.00943887047) *
              w +
          1.00167406) *
             w +
         2.83297682) *
        target;
  }
  for (int i = 0; i < 3; i++) {
    const double error = target < 0.5 && target > -0.5 ? std::erf(x) - target
                                                       : std::copysign(1.0, target) * ((1 - std::abs(target)) - std::erfc(std::abs(x)));
    x -= error * std::exp(x * x) * (std::sqrt(std::numbers::pi) / 2);
  }
  return static_cast<T>(x);
}

/// Derivative of lgamma, by recurrence up to 10 and the asymptotic series (Abramowitz and Stegun 6.3.5, 6.3.18), reflected below 0.
template <class T>
T digamma_of(T value) {
  double x = value;
  if (x == 0) return std::copysign(std::numeric_limits<T>::infinity(), -value);
  double result = 0;
  if (x < 0) {
    if (x == std::floor(x)) return std::numeric_limits<T>::quiet_NaN();
    result = -std::numbers::pi / std::tan(std::numbers::pi * (x - std::floor(x)));
    x = 1 - x;
  }
  for (; x < 10; x++) result -= 1 / x;
  const double r = 1 / (x * x);
  result += std::log(x) - 0.5 / x -
            r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132 - r * (691.0 / 32760 - r * (1.0 / 12)))))));
  return static_cast<T>(result);
}

template <auto kFunction>
constexpr Op function_row(OpId id, std::string_view name, std::string_view onnx, Saved saved, void (*gradient)(GradientCall&),
                          void (*samples)(SampleList&), Autocast autocast = Autocast::kWidest) {
  return {.id = id,
          .name = name,
          .types = TypeRule::kFloating,
          .infer = infer_unary,
          .reference = unary_loop<Domain::kFloating, kFunction>,
          .fast = fast_elements(id),
          .gradient = gradient,
          .saved = saved,
          .autocast = autocast,
          .onnx = onnx,
          .samples = samples};
}

using G = GradientCall;
constexpr Saved kIn = Saved::kFirstInput, kOut = Saved::kOutputs;

const Op kRows[] = {
    function_row<[](auto x) { return 1 / x; }>(
        OpId::kReciprocal, "reciprocal", "Reciprocal", kOut, [](G& c) { c.set(0, -c.gradient() * square(c.output())); },
        unary_samples<5, 30>, Autocast::kF32),
    function_row<[](auto x) { return std::sqrt(x); }>(
        OpId::kSqrt, "sqrt", "Sqrt", kOut, [](G& c) { c.set(0, c.gradient() / (2 * c.output())); }, unary_samples<2, 30>),
    function_row<[](auto x) { return 1 / std::sqrt(x); }>(
        OpId::kRsqrt, "rsqrt", "", kOut, [](G& c) { c.set(0, -0.5 * c.gradient() * c.output() * square(c.output())); },
        unary_samples<2, 30>, Autocast::kF32),
    function_row<[](auto x) { return std::exp(x); }>(
        OpId::kExp, "exp", "Exp", kOut, [](G& c) { c.set(0, c.gradient() * c.output()); }, unary_samples<>, Autocast::kF32),
    function_row<[](auto x) { return std::expm1(x); }>(
        OpId::kExpm1, "expm1", "", kIn, [](G& c) { c.set(0, c.gradient() * exp(c.input())); }, unary_samples<>, Autocast::kF32),
    function_row<[](auto x) { return std::log(x); }>(
        OpId::kLog, "log", "Log", kIn, [](G& c) { c.set(0, c.gradient() / c.input()); }, unary_samples<2, 30>, Autocast::kF32),
    function_row<[](auto x) { return std::log1p(x); }>(
        OpId::kLog1p, "log1p", "", kIn, [](G& c) { c.set(0, c.gradient() / (c.input() + 1)); }, unary_samples<-5, 30>, Autocast::kF32),
    function_row<[](auto x) { return std::sin(x); }>(
        OpId::kSin, "sin", "Sin", kIn, [](G& c) { c.set(0, c.gradient() * cos(c.input())); }, unary_samples<>),
    function_row<[](auto x) { return std::cos(x); }>(
        OpId::kCos, "cos", "Cos", kIn, [](G& c) { c.set(0, -c.gradient() * sin(c.input())); }, unary_samples<>),
    function_row<[](auto x) { return std::tan(x); }>(
        OpId::kTan, "tan", "Tan", kOut, [](G& c) { c.set(0, c.gradient() * (1 + square(c.output()))); }, unary_samples<-12, 12>,
        Autocast::kF32),
    function_row<[](auto x) { return std::asin(x); }>(
        OpId::kAsin, "asin", "Asin", kIn, [](G& c) { c.set(0, c.gradient() * rsqrt(1 - square(c.input()))); }, unary_samples<-9, 9>,
        Autocast::kF32),
    function_row<[](auto x) { return std::acos(x); }>(
        OpId::kAcos, "acos", "Acos", kIn, [](G& c) { c.set(0, -c.gradient() * rsqrt(1 - square(c.input()))); }, unary_samples<-9, 9>,
        Autocast::kF32),
    function_row<[](auto x) { return std::atan(x); }>(
        OpId::kAtan, "atan", "Atan", kIn, [](G& c) { c.set(0, c.gradient() / (1 + square(c.input()))); }, unary_samples<>),
    function_row<[](auto x) { return std::sinh(x); }>(
        OpId::kSinh, "sinh", "Sinh", kIn, [](G& c) { c.set(0, c.gradient() * cosh(c.input())); }, unary_samples<>, Autocast::kF32),
    function_row<[](auto x) { return std::cosh(x); }>(
        OpId::kCosh, "cosh", "Cosh", kIn, [](G& c) { c.set(0, c.gradient() * sinh(c.input())); }, unary_samples<>, Autocast::kF32),
    function_row<[](auto x) { return std::tanh(x); }>(
        OpId::kTanh, "tanh", "Tanh", kOut, [](G& c) { c.set(0, c.gradient() * (1 - square(c.output()))); }, unary_samples<>),
    function_row<[](auto x) { return std::asinh(x); }>(
        OpId::kAsinh, "asinh", "Asinh", kIn, [](G& c) { c.set(0, c.gradient() * rsqrt(square(c.input()) + 1)); }, unary_samples<>),
    function_row<[](auto x) { return std::acosh(x); }>(
        OpId::kAcosh, "acosh", "Acosh", kIn, [](G& c) { c.set(0, c.gradient() * rsqrt((c.input() - 1) * (c.input() + 1))); },
        unary_samples<12, 30>),
    function_row<[](auto x) { return std::atanh(x); }>(
        OpId::kAtanh, "atanh", "Atanh", kIn, [](G& c) { c.set(0, c.gradient() / (1 - square(c.input()))); }, unary_samples<-9, 9>),
    function_row<[](auto x) { return 1 / (1 + std::exp(-x)); }>(
        OpId::kSigmoid, "sigmoid", "Sigmoid", kOut, [](G& c) { c.set(0, c.gradient() * ((1 - c.output()) * c.output())); },
        unary_samples<>),
    function_row<[](auto x) { return std::erf(x); }>(
        OpId::kErf, "erf", "Erf", kIn, [](G& c) { c.set(0, c.gradient() * exp(-square(c.input())) * (2 / std::sqrt(std::numbers::pi))); },
        unary_samples<-20, 20>, Autocast::kF32),
    function_row<[](auto x) { return std::erfc(x); }>(
        OpId::kErfc, "erfc", "", kIn, [](G& c) { c.set(0, c.gradient() * exp(-square(c.input())) * (-2 / std::sqrt(std::numbers::pi))); },
        unary_samples<-20, 20>, Autocast::kF32),
    function_row<[](auto x) { return inverse_erf(x); }>(
        OpId::kErfinv, "erfinv", "", kOut,
        [](G& c) { c.set(0, c.gradient() * exp(square(c.output())) * (std::sqrt(std::numbers::pi) / 2)); }, unary_samples<-9, 9>,
        Autocast::kF32),
    function_row<[](auto x) { return std::lgamma(x); }>(
        OpId::kLgamma, "lgamma", "", kIn, [](G& c) { c.set(0, c.gradient() * digamma(c.input())); }, unary_samples<2, 40>, Autocast::kF32),
    function_row<[](auto x) { return digamma_of(x); }>(OpId::kDigamma, "digamma", "", Saved::kNothing, nullptr, unary_samples<2, 40>,
                                                       Autocast::kF32),
};

Tensor call(OpId id, const Operand& x) { return apply_one(id, {x.tensor()}, x.source()); }

}  // namespace

std::span<const Op> function_ops() { return kRows; }

Tensor reciprocal(const Operand& x) { return call(OpId::kReciprocal, x); }
Tensor sqrt(const Operand& x) { return call(OpId::kSqrt, x); }
Tensor rsqrt(const Operand& x) { return call(OpId::kRsqrt, x); }
Tensor exp(const Operand& x) { return call(OpId::kExp, x); }
Tensor expm1(const Operand& x) { return call(OpId::kExpm1, x); }
Tensor log(const Operand& x) { return call(OpId::kLog, x); }
Tensor log1p(const Operand& x) { return call(OpId::kLog1p, x); }
Tensor sin(const Operand& x) { return call(OpId::kSin, x); }
Tensor cos(const Operand& x) { return call(OpId::kCos, x); }
Tensor tan(const Operand& x) { return call(OpId::kTan, x); }
Tensor asin(const Operand& x) { return call(OpId::kAsin, x); }
Tensor acos(const Operand& x) { return call(OpId::kAcos, x); }
Tensor atan(const Operand& x) { return call(OpId::kAtan, x); }
Tensor sinh(const Operand& x) { return call(OpId::kSinh, x); }
Tensor cosh(const Operand& x) { return call(OpId::kCosh, x); }
Tensor tanh(const Operand& x) { return call(OpId::kTanh, x); }
Tensor asinh(const Operand& x) { return call(OpId::kAsinh, x); }
Tensor acosh(const Operand& x) { return call(OpId::kAcosh, x); }
Tensor atanh(const Operand& x) { return call(OpId::kAtanh, x); }
Tensor sigmoid(const Operand& x) { return call(OpId::kSigmoid, x); }
Tensor erf(const Operand& x) { return call(OpId::kErf, x); }
Tensor erfc(const Operand& x) { return call(OpId::kErfc, x); }
Tensor erfinv(const Operand& x) { return call(OpId::kErfinv, x); }
Tensor lgamma(const Operand& x) { return call(OpId::kLgamma, x); }
Tensor digamma(const Operand& x) { return call(OpId::kDigamma, x); }

}  // namespace argent::tensor
