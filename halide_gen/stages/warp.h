// warp: read each color of each pixel at its own place in the picture.
//
// Domain: linear light -> linear light; the weights of a place sum to 1. Outside of the picture its border is repeated
// Shape:  in (x, y, c); mesh (column, row, x y, c): how far from pixel (column / per_pixel, row / per_pixel) its source lies, in pixels,
//         straight between; weights (tap, phase) -> out (x, y, c)
// Source: own; isp/warp.cpp makes the mesh and Lanczos-3 weights
#pragma once

#include "Halide.h"

namespace argent::stages {

/// Phases of a pixel: a place is rounded to 1/512 of one. Taps: six of Lanczos-3 from the third pixel on the left, none in the last two, so
/// that a row of them is one vector. isp/warp.cpp has the same numbers.
constexpr int kWarpPhases = 512, kWarpTaps = 6, kWarpLoads = 8, kWarpBefore = 2;

struct Warp {
  Halide::Func border{"border"}, line{"mesh_line"}, shift{"shift"}, column{"column"}, warped{"warped"};
  Halide::Var axis{"axis"}, tap{"tap"};
  Halide::RDom taps{0, kWarpLoads};
};

/// The mesh between two nodes about pixel `at`: `value(node)`. `block`: pixels from a multiple of it on lie between the same.
template <class Value>
Halide::Expr between_nodes(Halide::Expr at, Halide::Expr nodes, Halide::Expr per_pixel, const Value& value, int block = 1) {
  using namespace Halide;
  Expr node = clamp(cast<int>(cast<float>(at / block * block) * per_pixel), 0, nodes - 2), from = value(node);
  return from + (value(node + 1) - from) * (cast<float>(at) * per_pixel - cast<float>(node));
}

/// (node, y, axis, c): the mesh at a row of pixels.
inline Halide::Func mesh_line(Halide::Func mesh, Halide::Expr rows, Halide::Expr per_pixel, Halide::Var y, Halide::Var axis,
                              Halide::Var c) {
  using namespace Halide;
  Var i("i");
  Func line("mesh_line");
  line(i, y, axis, c) = between_nodes(y, rows, per_pixel, [&](Expr row) { return mesh(i, row, axis, c); });
  return line;
}

inline Warp warp(Halide::Func in, Halide::Expr width, Halide::Expr height, Halide::Func mesh, Halide::Expr columns, Halide::Expr rows,
                 Halide::Expr per_pixel, Halide::Func weights, Halide::Var x, Halide::Var y, Halide::Var c) {
  using namespace Halide;
  Warp w;
  w.border(x, y, c) = in(clamp(x, 0, width - 1), clamp(y, 0, height - 1), c);

  // 1. The mesh, down and then across: phases of a pixel.
  w.line = mesh_line(mesh, rows, per_pixel, y, w.axis, c);
  Expr pixels = between_nodes(x, columns, per_pixel, [&](Expr column) { return w.line(column, y, w.axis, c); });
  w.shift(x, y, w.axis, c) = cast<int>(floor(pixels * kWarpPhases + 0.5f));

  // 2. The first pixel under the taps, past whose margin there is nothing but the border, and the weights.
  const auto first = [&](Expr at, int axis, Expr side) {
    return clamp(at + w.shift(x, y, axis, c) / kWarpPhases - kWarpBefore, -kWarpLoads, side);
  };
  const auto weight = [&](Expr k, int axis) { return weights(k, w.shift(x, y, axis, c) % kWarpPhases); };

  // 3. A vector of columns, each the sum of its rows; then their sum.
  Expr left = first(x, 0, width), top = first(y, 1, height), sum = 0.0f;
  for (int k = 0; k < kWarpTaps; k++) sum += weight(k, 1) * w.border(left + w.tap, top + k, c);
  w.column(w.tap, x, y, c) = sum;
  w.warped(x, y, c) = 0.0f;
  w.warped(x, y, c) += weight(w.taps, 0) * w.column(w.taps, x, y, c);
  return w;
}

}  // namespace argent::stages
