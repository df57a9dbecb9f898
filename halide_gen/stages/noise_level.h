// noise_level: how much louder noise is at one brightness than at another, on roots.
//
// Domain: luma of roots -> variance, or standard deviation, over that at the reference
// Shape:  pixel-wise
// Source: variance of light = shot light + read (DNG 1.7, NoiseProfile), carried through root(light + lift) by its slope
#pragma once

#include <cmath>

#include "Halide.h"

namespace argent::stages {

/// Squared. `reference` is a light; shot and read are of balanced light.
inline Halide::Expr noise_power(Halide::Expr luma, Halide::Expr shot, Halide::Expr read, Halide::Expr lift, Halide::Expr reference) {
  using namespace Halide;
  const auto variance = [&](Expr light, Expr root_squared) {
    return (shot * max(light, 0.0f) + read) / max(root_squared, 0.25f * lift + 1e-9f);
  };
  Expr squared = luma * luma * (1 / 3.0f);
  return variance(squared - lift, squared) / max(variance(reference, reference + lift), 1e-20f);
}

inline Halide::Expr noise_level(Halide::Expr luma, Halide::Expr shot, Halide::Expr read, Halide::Expr lift, Halide::Expr reference) {
  return Halide::sqrt(noise_power(luma, shot, read, lift, reference));
}

}  // namespace argent::stages
