// color_matrix: from the sensor's primaries to the output's, with the picture's exposure in the same product.
//
// Domain: balanced camera RGB -> linear output RGB; out-of-gamut colors are negative
// Shape:  pixel-wise
// Source: DNG 1.7, chapter 6
#pragma once

#include "Halide.h"
#include "stages/highlights.h"

namespace argent::stages {

/// `matrix` is (column, row).
inline Rgb color_matrix(const Rgb& v, Halide::Func matrix) {
  Rgb out;
  for (int row = 0; row < 3; row++) out[row] = matrix(0, row) * v[0] + matrix(1, row) * v[1] + matrix(2, row) * v[2];
  return out;
}

}  // namespace argent::stages
