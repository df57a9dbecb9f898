// calibration/synthesis/known_random.h - private: random numbers with the distributions that physics has, by counter.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "camera/simulation/counter_random.h"

namespace argent {

/// What numbers are for: streams do not touch each other.
enum class KnownStream : std::uint64_t { kPixel = 1, kRow, kDefects, kPlace, kPaint };

class KnownRandom {
 public:
  KnownRandom(std::uint64_t seed, KnownStream stream, std::uint64_t counter)
      : state_(mixed(mixed(seed * 64 + static_cast<std::uint64_t>(stream)) ^ mixed(counter))) {}

  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15u;
    return mixed(state_);
  }

  /// 0 < x < 1, 53 bits
  double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }

  /// Mean 0, variance 1, with all of its tails. Box and Muller 1958.
  double normal() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

  /// Of any mean from 0 up: exact. Below 10 by multiplication (Knuth), above by Hörmann's PTRS (1993): transformed rejection.
  double poisson(double mean) {
    if (!(mean > 0 && mean < kMost)) return mean > 0 ? kMost : 0;  // not a number, neither
    return mean < 10 ? by_multiplication(mean) : by_rejection(mean);
  }

 private:
  static constexpr double kMost = 1e15;  // counts are whole numbers up to 2^53

  double by_multiplication(double mean) {
    const double limit = std::exp(-mean);
    double product = uniform();
    int count = 0;
    while (product > limit) {
      product *= uniform();
      count++;
    }
    return count;
  }

  double by_rejection(double mean) {
    const double b = 0.931 + 2.53 * std::sqrt(mean), a = -0.059 + 0.02483 * b, within = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
      const double u = uniform() - 0.5, v = uniform(), us = 0.5 - std::abs(u);
      const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= within) return k;
      if (k < 0 || (us < 0.013 && v > us)) continue;
      const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
      if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <= -mean + k * std::log(mean) - log_factorial(k)) return k;
    }
  }

  /// Stirling's series: std::lgamma sets a global. Good to 1e-9 from 7 up; below the logarithms are added.
  static double log_factorial(double k) {
    if (k < 10) {
      double sum = 0;
      for (double i = 2; i <= k; i++) sum += std::log(i);
      return sum;
    }
    const double x = k + 1, inverse = 1 / x, square = inverse * inverse;
    return (x - 0.5) * std::log(x) - x + 0.9189385332046727 + inverse * (1.0 / 12 - square * (1.0 / 360 - square / 1260));
  }

  std::uint64_t state_;
};

}  // namespace argent
