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
#include "stages/fixed_point.h"
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

/// Opponent k, a whole number of some unit, as planes hold it: u16; differences lie about kNoDifference.
inline constexpr int kNoDifference = 32768;
inline Halide::Expr opponent_word(Halide::Expr opponent, int k) {
  return rounded_word(Halide::clamp(k == 0 ? opponent : opponent + float(kNoDifference), 0.0f, 65535.0f));
}

/// The same of i16 roots from 0; opponents are within a unit.
inline std::array<Halide::Expr, 3> opponent_words(const Rgb& root) {
  const auto share = [](Halide::Expr v, double of) {
    return rounded_share_of(v, Halide::cast<std::int16_t>(int(std::lround(of * 32768))));
  };
  const auto difference = [](Halide::Expr v) { return u16(v) + Halide::cast<std::uint16_t>(kNoDifference); };
  Halide::Expr luma =
      u16(share(root[0], std::sqrt(1 / 3.0))) + u16(share(root[1], std::sqrt(1 / 3.0))) + u16(share(root[2], std::sqrt(1 / 3.0)));
  Halide::Expr beside = i16(mean_of_two(u16(root[0]), u16(root[2]))) - root[1];
  return {luma, difference(share(root[0] - root[2], std::sqrt(0.5))), difference(share(beside, std::sqrt(2 / 3.0)))};
}

/// Small values go, large ones stay: what is left of fine color detail whose noise has the variance limit / 16.
inline Halide::Expr cored(Halide::Expr v, Halide::Expr limit) {
  Halide::Expr squared = v * v, small = limit * limit;
  return v - v * (small * Halide::fast_inverse(squared * squared + small + 1e-30f));  // so that rounding is of what goes
}

/// Root of channel c from the three opponents, in their unit.
inline Halide::Expr root_of(const Rgb& opponents, int c) {
  Halide::Expr root = 0.0f;
  for (int k = 0; k < 3; k++) root += opponent_row(k)[static_cast<std::size_t>(c)] * opponents[static_cast<std::size_t>(k)];
  return Halide::max(root, 0.0f);
}

/// Light of a root, a whole number of 1 / unit.
inline Halide::Expr light_of(Halide::Expr root, Halide::Expr unit, Halide::Expr lift) {
  return root * root * (1.0f / (unit * unit)) - lift;
}

}  // namespace argent::stages
