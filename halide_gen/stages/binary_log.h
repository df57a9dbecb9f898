// binary_log: logarithm and power to the base of two, by the exponent in a float's bits and a polynomial between.
//
// Domain: positive normal floats -> log2, within 2e-5; -126..126 -> 2^v, within 4e-6 of it
// Shape:  pixel-wise
// Source: own; the least largest error of degrees 5 and 4 that meets both ends. Halide's fast_log and fast_exp are near the last bit, and
//         cost twice as much
#pragma once

#include "Halide.h"

namespace argent::stages {

inline Halide::Expr binary_log(Halide::Expr v) {
  using namespace Halide;
  Expr bits = reinterpret<std::int32_t>(v), exponent = cast<float>((bits >> 23) - 127);
  Expr t = reinterpret<float>((bits & 0x7fffff) | 0x3f800000) - 1.0f;
  return exponent + t * (1.44191702f + t * (-0.70909631f + t * (0.41560568f + t * (-0.19357526f + t * 0.04514888f))));
}

inline Halide::Expr binary_power(Halide::Expr v) {
  using namespace Halide;
  Expr whole = floor(v), t = v - whole;
  Expr between = 1.0f + t * (0.69303212f + t * (0.24137976f + t * (0.05203237f + t * 0.01355574f)));
  return reinterpret<float>(reinterpret<std::int32_t>(between) + (cast<std::int32_t>(whole) << 23));
}

}  // namespace argent::stages
