// dct: the discrete cosine transform of eight values and its inverse, orthonormal.
//
// Domain: any -> the same energy, by frequency; the first is sqrt(8) times the mean
// Shape:  8 -> 8
// Source: Ahmed, Natarajan and Rao 1974 (DCT-II and its transpose); even and odd halves apart, which saves half of the products
#pragma once

#include <array>
#include <cmath>
#include <numbers>

#include "Halide.h"

namespace argent::stages {

using Octet = std::array<Halide::Expr, 8>;

/// cos((2 i + 1) k pi / 16) / 2: entry (k, i) of the transform for k > 0.
inline float cosine(int k, int i) { return static_cast<float>(0.5 * std::cos((2 * i + 1) * k * std::numbers::pi / 16)); }

inline Octet dct(const Octet& v) {
  std::array<Halide::Expr, 4> sum, difference;
  for (std::size_t i = 0; i < 4; i++) {
    sum[i] = v[i] + v[7 - i];
    difference[i] = v[i] - v[7 - i];
  }
  Octet out;
  const float flat = std::sqrt(1 / 8.0f);
  out[0] = ((sum[0] + sum[3]) + (sum[1] + sum[2])) * flat;
  out[4] = ((sum[0] + sum[3]) - (sum[1] + sum[2])) * flat;
  out[2] = (sum[0] - sum[3]) * cosine(2, 0) + (sum[1] - sum[2]) * cosine(2, 1);
  out[6] = (sum[0] - sum[3]) * cosine(6, 0) + (sum[1] - sum[2]) * cosine(6, 1);
  for (int k = 1; k < 8; k += 2) {
    Halide::Expr odd = difference[0] * cosine(k, 0);
    for (int i = 1; i < 4; i++) odd += difference[static_cast<std::size_t>(i)] * cosine(k, i);
    out[static_cast<std::size_t>(k)] = odd;
  }
  return out;
}

inline Octet inverse_dct(const Octet& c) {
  const float flat = std::sqrt(1 / 8.0f);
  Halide::Expr high = (c[0] + c[4]) * flat, low = (c[0] - c[4]) * flat;
  Halide::Expr outer = c[2] * cosine(2, 0) + c[6] * cosine(6, 0), inner = c[2] * cosine(2, 1) + c[6] * cosine(6, 1);
  const std::array<Halide::Expr, 4> even{high + outer, low + inner, low - inner, high - outer};
  Octet out;
  for (int i = 0; i < 4; i++) {
    Halide::Expr odd = c[1] * cosine(1, i);
    for (int k = 3; k < 8; k += 2) odd += c[static_cast<std::size_t>(k)] * cosine(k, i);
    out[static_cast<std::size_t>(i)] = even[static_cast<std::size_t>(i)] + odd;
    out[static_cast<std::size_t>(7 - i)] = even[static_cast<std::size_t>(i)] - odd;
  }
  return out;
}

}  // namespace argent::stages
