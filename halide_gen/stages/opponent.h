// opponent: what noise reduction and sharpening work on: luma and two color differences of the square root of light.
//
// Domain: balanced light, noise below black negative -> root(light + lift), turned by an orthonormal matrix: noise keeps its variance, and
//         grey lies on the first axis
// Shape:  pixel-wise; luma / sqrt(3) is the mean root
// Source: the opponent space of color BM3D (Dabov et al. 2007, "Color image denoising via sparse 3D collaborative
//         filtering with grouping constraint in luminance-chrominance space"); the root: Anscombe 1948
#pragma once

#include <array>
#include <cmath>

#include "Halide.h"
#include "stages/highlights.h"

namespace argent::stages {

/// Row k of the matrix; its transpose is its inverse.
inline std::array<float, 3> opponent_row(int k) {
  const std::array<std::array<float, 3>, 3> rows{{{1, 1, 1}, {1, 0, -1}, {1, -2, 1}}};
  const std::array<float, 3> lengths{std::sqrt(3.0f), std::sqrt(2.0f), std::sqrt(6.0f)};
  std::array<float, 3> row = rows[static_cast<std::size_t>(k)];
  for (float& v : row) v /= lengths[static_cast<std::size_t>(k)];
  return row;
}

inline Halide::Expr lifted_root(Halide::Expr light, Halide::Expr lift) { return Halide::sqrt(Halide::max(light + lift, 0.0f)); }

/// Of three roots.
inline Halide::Expr opponent(const Rgb& root, int k) {
  const auto row = opponent_row(k);
  return row[0] * root[0] + row[1] * root[1] + row[2] * root[2];
}

/// Small values go, large ones stay: what is left of fine color detail whose noise has the standard deviation threshold / 4.
inline Halide::Expr cored(Halide::Expr v, Halide::Expr threshold) {
  Halide::Expr squared = v * v, limit = threshold * threshold;
  return v * squared * squared / (squared * squared + limit * limit + 1e-30f);
}

/// Light of channel c from the three opponents.
inline Halide::Expr light_of(const Rgb& opponents, int c, Halide::Expr lift) {
  Halide::Expr root = 0.0f;
  for (int k = 0; k < 3; k++) root += opponent_row(k)[static_cast<std::size_t>(c)] * opponents[static_cast<std::size_t>(k)];
  root = Halide::max(root, 0.0f);
  return root * root - lift;
}

}  // namespace argent::stages
