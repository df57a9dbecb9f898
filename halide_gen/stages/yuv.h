// yuv: luma of every pixel, and of each 2x2 pixels the color differences of their mean.
//
// Domain: R'G'B' codes of 8 bits x 256, 255 = 1.0 -> Y'CbCr codes of 8 bits x 256, limited or full range by the coefficients, half a code
//         added: what upper_byte() makes of it is rounded. u16
// Shape:  pixel-wise; color differences of half the size, sited in the middle of their four pixels
// Source: ITU-R BT.709-6 and BT.601-7, chapter 3; integers of 2^14, which isp/yuv.cpp makes so that grey stays grey
#pragma once

#include <array>

#include "Halide.h"
#include "isp/yuv_layout.h"
#include "stages/fixed_point.h"
#include "stages/highlights.h"

namespace argent::stages {

/// `matrix`: (R G B offset, Y Cb Cr). `has_half`: `rgb` has half a code in it already.
inline Halide::Expr luma_word(const Rgb& rgb, Halide::Func matrix, bool has_half = false) {
  constexpr int kHalf = 1 << 7, kLostBelow = 1;  // by three products that are rounded down
  Halide::Expr offset = (matrix(3, 0) >> (kYuvShift - 8)) + kHalf + kLostBelow;
  if (has_half) offset -= (matrix(0, 0) + matrix(1, 0) + matrix(2, 0)) >> (kYuvShift - 7);
  Halide::Expr word = u16(offset);
  for (int c = 0; c < 3; c++) word += share_of(rgb[static_cast<std::size_t>(c)], u16(matrix(c, 0) << (16 - kYuvShift)));
  return word;
}

/// Row `row` of the matrix, of the means of four; half a code in each does not matter.
inline Halide::Expr chroma_word(const Rgb& means, Halide::Func matrix, int row) {
  constexpr int kHalf = 1 << 6;  // 7 bits below a code, so that its sign has room
  Halide::Expr sum = i16((matrix(3, row) >> (kYuvShift - 7)) + kHalf);
  for (int c = 0; c < 3; c++) {
    sum += rounded_share_of(i16(means[static_cast<std::size_t>(c)] >> 1), i16(matrix(c, row) << (15 - kYuvShift)));
  }
  return Halide::min(u16(sum), (1 << 15) - 1) << 1;  // 256 of a full range would be 0
}

inline Halide::Expr upper_byte(Halide::Expr word) { return Halide::cast<std::uint8_t>(word >> 8); }

}  // namespace argent::stages
