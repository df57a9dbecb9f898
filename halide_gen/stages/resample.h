// resample: change the size by weights that were made for each output row and column.
//
// Domain: linear light -> linear light; weights of one output sum to 1
// Shape:  in (x, y, c) -> out (x, y, c); weights (tap, position), start (position)
// Source: separable polyphase filtering (Turkowski 1990); isp/resample.cpp makes Lanczos-3 weights, stretched when shrinking
#pragma once

#include "Halide.h"

namespace argent::stages {

struct Resampled {
  Halide::Func down{"down"}, across{"across"};
};

inline Resampled resample(Halide::Func in, Halide::Func weights_x, Halide::Func start_x, Halide::Expr taps_x, Halide::Func weights_y,
                          Halide::Func start_y, Halide::Expr taps_y, Halide::Expr width, Halide::Expr height) {
  using namespace Halide;
  Var x("x"), y("y"), c("c");
  RDom ty(0, taps_y), tx(0, taps_x);
  Resampled out;
  out.down(x, y, c) = 0.0f;
  out.down(x, y, c) += weights_y(ty, y) * in(x, clamp(start_y(y) + ty, 0, height - 1), c);
  out.across(x, y, c) = 0.0f;
  out.across(x, y, c) += weights_x(tx, x) * out.down(clamp(start_x(x) + tx, 0, width - 1), y, c);
  return out;
}

}  // namespace argent::stages
