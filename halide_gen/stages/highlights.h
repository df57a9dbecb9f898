// highlights: keep clipped areas neutral. White balance lifts the channels apart, so saturation would turn magenta.
//
// Domain: balanced light, channel c saturates at gain c -> the same, no channel above the middle one of the three saturation levels; its
//         roots (light itself where there is no mosaic) -> the channel that saturates first raised to what the others let expect where it
//         is clipped: a weighted sum, fitted to the neighborhood, or their mean
// Shape:  pixel-wise; the mask is 3x3 quads wide, the reach of the demosaic
// Source: own; measured on chart scenes: raising whichever channel is lowest costs 3 dB on saturated colors, repairing inside the quad
//         before demosaic leaves fringes
#pragma once

#include <array>

#include "Halide.h"
#include "stages/fixed_point.h"

namespace argent::stages {

using Rgb = std::array<Halide::Expr, 3>;

/// The middle of the three saturation levels; no ceiling when `first` is all 0.
inline Halide::Expr ceiling(const Rgb& v, const Rgb& first) {
  using Halide::max;
  using Halide::min;
  Halide::Expr middle = max(min(v[0], v[1]), min(max(v[0], v[1]), v[2]));
  return Halide::select(first[0] + first[1] + first[2] > 0.5f, middle, 1e6f);
}

/// 0 below the threshold, 1 at saturation; `light` before gains.
inline Halide::Expr clipping(Halide::Expr light, Halide::Expr threshold) {
  return Halide::clamp((light - threshold) / (Halide::max(1.0f - threshold, 1e-4f)), 0.0f, 1.0f);
}

inline Halide::Func widen(Halide::Func mask) {
  using Halide::max;
  Halide::Var x("x"), y("y");
  Halide::Func down("mask_down"), wide("mask_wide");
  down(x, y) = max(mask(x, y - 1), max(mask(x, y), mask(x, y + 1)));
  wide(x, y) = max(down(x - 1, y), max(down(x, y), down(x + 1, y)));
  return wide;
}

/// `first[c]` is 1 for the channel that saturates first, 0 for the others; `weights`: of each in what it is to be (isp/highlight_colors.h),
/// but never more than the larger of the others, or what is wholly clipped would take on a color.
inline Rgb repair(const Rgb& v, Halide::Expr mask, const Rgb& first, const Rgb& weights) {
  using Halide::Expr, Halide::max, Halide::min;
  const auto other = [&](int c) { return v[c] * (1.0f - first[c]); };
  Expr likely = min(weights[0] * v[0] + weights[1] * v[1] + weights[2] * v[2], max(other(0), max(other(1), other(2))));
  Rgb out;
  for (int c = 0; c < 3; c++) out[c] = v[c] + first[c] * mask * (max(v[c], likely) - v[c]);
  return out;
}

/// Without neighbors: the mean of the others.
inline Rgb mean_of_others(const Rgb& first) { return {0.5f - 0.5f * first[0], 0.5f - 0.5f * first[1], 0.5f - 0.5f * first[2]}; }

/// i16 roots of the channels besides `first`, an index, one for the whole picture; in their order.
inline std::array<Halide::Expr, 2> others_of(const Rgb& v, Halide::Expr first) {
  return {Halide::select(first == 0, v[1], v[0]), Halide::select(first == 2, v[1], v[2])};
}

inline Halide::Expr mean_of_others(const Rgb& v, Halide::Expr first) {
  const auto others = others_of(v, first);
  return i16(mean_of_two(u16(others[0]), u16(others[1])));
}

/// `weights` of the others, i16 in Q14; bounded as in repair().
inline Halide::Expr weighted_others(const Rgb& v, Halide::Expr first, const std::array<Halide::Expr, 2>& weights) {
  using namespace Halide;
  using namespace Halide::Internal;
  const auto others = others_of(v, first);
  Expr half = saturating_add(rounded_share_of(others[0], weights[0]), rounded_share_of(others[1], weights[1]));
  return clamp(half, i16(0), max(others[0], others[1]) >> 1) << 1;
}

/// As repair() of i16 roots, from 0; `mask` is u16, 65535 at saturation, `first` as above.
inline Rgb repair_whole(const Rgb& v, Halide::Expr mask, Halide::Expr first, Halide::Expr likely) {
  using Halide::select, Halide::max;
  Halide::Expr own = select(first == 1, v[1], select(first == 0, v[0], v[2]));
  Halide::Expr lift = i16(share_of(u16(max(likely, own) - own), mask));
  Rgb out;
  for (int c = 0; c < 3; c++) out[c] = v[c] + select(first == c, lift, i16(0));
  return out;
}

}  // namespace argent::stages
