#include "models/kernels/special_functions.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "models/kernels/element_loops.h"

namespace argent::kernels {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

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
double digamma(double x) {
  if (x == 0) return std::copysign(kInfinity, -x);
  double result = 0;
  if (x < 0) {
    if (x == std::floor(x)) return kNaN;
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
  if (n == 0) return digamma(x);
  if (x != x) return x;
  const int s = n + 1;
  const double odd = s % 2 == 0 ? 1 : -1, fraction = x - std::floor(x);
  double sum = 0;
  if (x > 0)
    sum = hurwitz_zeta(s, x);
  else if (fraction == 0)
    sum = kInfinity;
  else
    sum = hurwitz_zeta(s, fraction) + odd * (hurwitz_zeta(s, 1 - fraction) - hurwitz_zeta(s, 1 - x));
  return odd * std::tgamma(s) * sum;
}

/// log I0(x) and I1(x) / I0(x) of x >= 0.
struct Bessel {
  double log_i0, ratio;
};

/// Abramowitz and Stegun 9.6.12, 9.7.1.
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

}  // namespace

/// Giles, Approximating the erfinv function (GPU Computing Gems, 2011) as a start, then Newton's steps on erf.
double inverse_erf(double y) {
  if (!(std::abs(y) < 1)) return std::abs(y) == 1 ? std::copysign(kInfinity, y) : kNaN;
  const double a = -std::log((1 - y) * (1 + y));
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
        y;
  } else {
    const double w = std::sqrt(a) - 3;
    x = ((((((((-0.000200214257 * w + 0.000100950558) * w + 0.00134934322) * w - 0.00367342844) * w + 0.00573950773) * w - 0.0076224613) *
               w +
           0.00943887047) *
              w +
          1.00167406) *
             w +
         2.83297682) *
        y;
  }
  for (int i = 0; i < 3; i++) {
    const double error = y < 0.5 && y > -0.5 ? std::erf(x) - y : std::copysign(1.0, y) * ((1 - std::abs(y)) - std::erfc(std::abs(x)));
    x -= error * std::exp(x * x) * (std::sqrt(std::numbers::pi) / 2);
  }
  return x;
}

double log_bessel_i0(double x) { return x != x ? x : std::isinf(x) ? std::abs(x) : bessel(std::abs(x)).log_i0; }

double bessel_ratio(double x) { return x != x ? x : std::copysign(std::isinf(x) ? 1 : bessel(std::abs(x)).ratio, x); }

void polygamma(const Array& out, const Array& x, int n) {
  with_type_of<Domain::kFloating>(x.dtype(), [&]<class T>() {
    for_each_run(strided_bytes(out, x), [n](const auto& data, const auto& step, std::int64_t count) {
      for (std::int64_t i = 0; i < count; i++)
        store<T>(data[0] + i * step[0], static_cast<Computed<T>>(polygamma_of(n, load<T>(data[1] + i * step[1]))));
    });
  });
}

}  // namespace argent::kernels
