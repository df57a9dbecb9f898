// planes: read frames that have a color, or one value, at every pixel: linear DNG and monochrome. Borders are mirrored.
//
// Domain: sensor codes -> the same codes
// Shape:  (x, y, channel) of the active array -> site[4](x, y) as R, G, G, B, so that later stages need not know
// Source: own
#pragma once

#include "Halide.h"
#include "stages/quads.h"

namespace argent::stages {

inline Sites planes(Halide::Func samples, Halide::Expr width, Halide::Expr height, Halide::Expr origin_x, Halide::Expr origin_y) {
  using namespace Halide;
  Var x("x"), y("y");
  const int channel[4] = {0, 1, 1, 2};
  Sites site;
  for (int s = 0; s < 4; s++) {
    site[s] = Func("code" + std::to_string(s));
    site[s](x, y) = samples(mirror(x + origin_x, width), mirror(y + origin_y, height), channel[s]);
  }
  return site;
}

/// A monochrome mosaic (x, y) as (x, y, channel).
inline Halide::Func repeated(Halide::Func mosaic) {
  Halide::Var x("x"), y("y"), c("c");
  Halide::Func samples("repeated");
  samples(x, y, c) = mosaic(x, y);
  return samples;
}

/// The same without borders.
inline Sites whole_planes(Halide::Func samples, Halide::Expr origin_x, Halide::Expr origin_y) {
  using namespace Halide;
  Var x("x"), y("y");
  const int channel[4] = {0, 1, 1, 2};
  Sites site;
  for (int s = 0; s < 4; s++) {
    site[s] = Func("code" + std::to_string(s));
    site[s](x, y) = samples(x + origin_x, y + origin_y, channel[s]);
  }
  return site;
}

}  // namespace argent::stages
