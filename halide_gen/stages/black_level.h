// black_level: take the code of no light away and scale so that saturation is 1.
//
// Domain: sensor codes -> light, 0 = black, 1 = saturation; noise below black stays negative
// Shape:  any
// Source: DNG 1.7, chapter 5 (BlackLevel, WhiteLevel)
#pragma once

#include "Halide.h"

namespace argent::stages {

/// `scale` is 1 / (white - black) of the same site.
inline Halide::Expr black_level(Halide::Expr code, Halide::Expr black, Halide::Expr scale) {
  return (Halide::cast<float>(code) - black) * scale;
}

}  // namespace argent::stages
