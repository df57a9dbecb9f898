// yuv: luma of every pixel, and of each 2x2 pixels the color differences of their mean.
//
// Domain: R'G'B' codes of 8 bits, 255 = 1.0 -> Y'CbCr codes of 8 bits, limited or full range by the coefficients
// Shape:  rgb (x, y, c) -> luma (x, y); (cb, cr) (x, y) of half the size, sited in the middle of its four pixels
// Source: ITU-R BT.709-6 and BT.601-7, chapter 3; integers of 2^14, which isp/yuv.cpp makes so that grey stays grey
#pragma once

#include <array>

#include "Halide.h"
#include "isp/yuv_layout.h"

namespace argent::stages {

/// Row `row` of `matrix` (R G B offset, row) times the sum of 2^doublings pixels.
inline Halide::Expr yuv_row(const std::array<Halide::Expr, 3>& sums, Halide::Func matrix, int row, int doublings) {
  using namespace Halide;
  Expr code = (matrix(3, row) << doublings) + (1 << (kYuvShift + doublings - 1));
  for (int c = 0; c < 3; c++) code += matrix(c, row) * cast<std::int32_t>(sums[c]);
  return cast<std::uint8_t>(clamp(code >> (kYuvShift + doublings), 0, 255));
}

}  // namespace argent::stages
