// transfer: the output's transfer function, from display light to codes.
//
// Domain: linear display light of the output's primaries, 0..1 (clamped) -> encoded 0..1
// Shape:  pixel-wise
// Source: a table over the square root of light, made by isp/tone_curve.cpp from the standard that the output names
#pragma once

#include "Halide.h"
#include "stages/tone_curve.h"

namespace argent::stages {

/// `table(i)` is the encoded value of light (i / kToneNodes)^2.
inline Halide::Expr transfer(Halide::Expr light, Halide::Func table) {
  return interpolated(table, Halide::sqrt(Halide::clamp(light, 0.0f, 1.0f)) * float(kToneNodes));
}

}  // namespace argent::stages
