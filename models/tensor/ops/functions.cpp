// The functions of one floating number: exp, log, trigonometry, and their like.

#include <cmath>
#include <limits>
#include <numbers>

#include "models/kernels/element_loops.h"
#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/fast_elements.h"
#include "models/tensor/ops/rows.h"
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

/// B(2j) / (2j)!, j from 1, of Bernoulli's numbers.
constexpr double kBernoulli[] = {1.0 / 12,
                                 -1.0 / 720,
                                 1.0 / 30240,
                                 -1.0 / 1209600,
                                 1.0 / 47900160,
                                 -691.0 / 1307674368000.0,
                                 1.0 / 74724249600.0,
                                 -3617.0 / 10670622842880000.0};

/// The sum of (x + k)^-s over k from 0, s at least 2, x above 0: the first terms, and Euler and Maclaurin's formula for the others
/// (Abramowitz and Stegun 23.1.30).
double hurwitz_zeta(int s, double x) {
  double sum = 0;
  for (; x < 12; x++) sum += std::pow(x, -s);
  sum += std::pow(x, 1 - s) / (s - 1) + std::pow(x, -s) / 2;
  double factor = s * std::pow(x, -s - 1);  // s (s + 1) .. (s + 2j - 2) x^-(s + 2j - 1)
  int next = s + 1;
  for (double coefficient : kBernoulli) {
    sum += coefficient * factor;
    factor *= static_cast<double>(next) * (next + 1) / (x * x);
    next += 2;
  }
  return sum;
}

/// By recurrence up to 10 and the asymptotic series (Abramowitz and Stegun 6.3.5, 6.3.18), reflected below 0.
double digamma_of(double x) {
  if (x == 0) return std::copysign(std::numeric_limits<double>::infinity(), -x);
  double result = 0;
  if (x < 0) {
    if (x == std::floor(x)) return std::numeric_limits<double>::quiet_NaN();
    result = -std::numbers::pi / std::tan(std::numbers::pi * (x - std::floor(x)));
    x = 1 - x;
  }
  for (; x < 10; x++) result -= 1 / x;
  const double r = 1 / (x * x);
  return result + std::log(x) - 0.5 / x -
         r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132 - r * (691.0 / 32760 - r * (1.0 / 12)))))));
}

/// Derivative n of digamma: (-1)^(n + 1) n! zeta(n + 1, x) (Abramowitz and Stegun 6.4.10). Below 0 the sum over all whole numbers, which
/// depends on the fraction of x alone, less those on the other side.
double polygamma_of(int n, double x) {
  if (n == 0) return digamma_of(x);
  if (x != x) return x;
  const int s = n + 1;
  const double odd = s % 2 == 0 ? 1 : -1, fraction = x - std::floor(x);
  double sum = 0;
  if (x > 0)
    sum = hurwitz_zeta(s, x);
  else if (fraction == 0)
    sum = std::numeric_limits<double>::infinity();
  else
    sum = hurwitz_zeta(s, fraction) + odd * (hurwitz_zeta(s, 1 - fraction) - hurwitz_zeta(s, 1 - x));
  return odd * std::tgamma(s) * sum;
}

void differentiate_digamma(const Call& call, std::span<Tensor> outputs) {
  const auto n = static_cast<int>(call.attributes.integer(Key::kCount));
  with_type_of<Domain::kFloating>(call.input().dtype(), [&]<class T>() {
    for_each_run(strided_bytes(outputs[0], call.input()), [n](const auto& data, const auto& step, std::int64_t count) {
      for (std::int64_t i = 0; i < count; i++)
        store<T>(data[0] + i * step[0], static_cast<Computed<T>>(polygamma_of(n, load<T>(data[1] + i * step[1]))));
    });
  });
}

void polygamma_samples(SampleList& list) {
  for (std::int64_t n = 0; n < 4; n++) {
    list.add({list.numbers({7}, 0.3, 4)}, {{Key::kCount, n}});
    list.add({SampleList::strided(list.numbers({2, 3}, -0.9, -0.1))}, {{Key::kCount, n}});
  }
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
    {.id = OpId::kPolygamma,
     .name = "polygamma",
     .types = TypeRule::kFloating,
     .infer = infer_unary,
     .reference = differentiate_digamma,
     .gradient = [](G& c) { c.set(0, c.gradient() * polygamma(static_cast<int>(c.attributes().integer(Key::kCount)) + 1, c.input())); },
     .saved = kIn,
     .autocast = Autocast::kF32,
     .samples = polygamma_samples},
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
Tensor digamma(const Operand& x) { return polygamma(0, x); }

Tensor polygamma(int n, const Operand& x) {
  constexpr int kMost = 100;  // n! is a number far beyond it, but powers of small numbers are not
  if (n < 0 || n > kMost) throw OpError("polygamma: order " + std::to_string(n) + ", expected 0 to " + std::to_string(kMost));
  return apply_one(OpId::kPolygamma, {x.tensor()}, {{Key::kCount, std::int64_t{n}}}, x.source());
}

}  // namespace argent::tensor
