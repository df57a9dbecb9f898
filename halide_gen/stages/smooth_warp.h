// smooth_warp: warp.h's by look-ups in registers, for processors that llvm_words.h has words for and meshes that hardly turn: of kWarpBlock
// pixels side by side in a row, sources lie within kWarpBlock + 10 columns, each no further left than the one before, and within two rows.
//
// Domain: linear light -> linear light; the weights of a place are polynomials of the place itself, no phases
// Shape:  as of warp.h, of pictures of two blocks or more in width; terms (power, even / odd, pair) -> out (x, y, c)
// Source: own; isp/warp.cpp makes the terms and says which meshes do
#pragma once

#include <array>

#include "Halide.h"
#include "llvm_words.h"
#include "stages/warp.h"

namespace argent::stages {

constexpr int kWarpBlock = 16, kWarpTerms = 5;

struct SmoothWarp {
  Halide::Func line{"mesh_line"}, shift{"shift"}, left{"left"}, top{"top"}, highest{"highest"}, warped{"warped"};
  Halide::Var axis{"axis"};
  Halide::RDom lane{0, kWarpBlock};
};

/// `terms` (power, even / odd, pair): of Lanczos-3 at u = place - 1/2 between two pixels, weights k and 5 - k are even(u^2) +- u odd(u^2).
inline SmoothWarp smooth_warp(Halide::Func in, Halide::Expr width, Halide::Expr height, Halide::Func mesh, Halide::Expr columns,
                              Halide::Expr rows, Halide::Expr per_pixel, Halide::Func terms, Halide::Var x, Halide::Var y, Halide::Var c) {
  using namespace Halide;
  SmoothWarp w;
  w.line = mesh_line(mesh, rows, per_pixel, y, w.axis, c);
  w.shift(x, y, w.axis, c) = between_nodes(
      x, columns, per_pixel, [&](Expr column) { return w.line(column, y, w.axis, c); }, kWarpBlock);
  const auto first = [&](Expr at, int axis, Expr side) {
    return clamp(at + cast<int>(floor(w.shift(x, y, axis, c))) - kWarpBefore, -kWarpLoads, side);
  };
  w.left(x, y, c) = first(x, 0, width);
  w.top(x, y, c) = first(y, 1, height);
  Var block("block");
  w.highest(block, y, c) = height;
  w.highest(block, y, c) = min(w.highest(block, y, c), w.top(block * kWarpBlock + w.lane, y, c));

  const auto weights = [&](int axis) {
    Expr place = w.shift(x, y, axis, c), u = place - floor(place) - 0.5f, square = u * u;
    std::array<Expr, kWarpTaps> out;
    for (int pair = 0; pair < kWarpTaps / 2; pair++) {
      std::array<Expr, 2> parts;
      for (int odd = 0; odd < 2; odd++) {
        parts[odd] = terms(kWarpTerms - 1, odd, pair);
        for (int power = kWarpTerms - 2; power >= 0; power--) parts[odd] = parts[odd] * square + terms(power, odd, pair);
      }
      out[pair] = parts[0] + u * parts[1];
      out[kWarpTaps - 1 - pair] = parts[0] - u * parts[1];
    }
    return out;
  };
  // Two vectors of a row hold all columns under the block's taps.
  Expr left = clamp(w.left(x / kWarpBlock * kWarpBlock, y, c), 0, width - 2 * kWarpBlock), top = w.highest(x / kWarpBlock, y, c);
  Expr lower = w.top(x, y, c) > top, lane = x % kWarpBlock, sum = 0.0f;
  const auto across = weights(0), down = weights(1);
  for (int row = 0; row <= kWarpTaps; row++) {
    Expr at_y = unsafe_promise_clamped(clamp(top + row, 0, height - 1), 0, height - 1), of_row = 0.0f;
    Expr low = in(left + lane, at_y, c), high = in(left + kWarpBlock + lane, at_y, c);
    for (int k = 0; k < kWarpTaps; k++) {
      Expr column = clamp(w.left(x, y, c) + k, 0, width - 1) - left;
      of_row += across[k] * llvm_words::lookup32(column, low, high);
    }
    Expr upper_weight = row < kWarpTaps ? down[row] : Expr(0.0f), lower_weight = row > 0 ? down[row - 1] : Expr(0.0f);
    sum += select(lower, lower_weight, upper_weight) * of_row;
  }
  w.warped(x, y, c) = sum;
  return w;
}

}  // namespace argent::stages
