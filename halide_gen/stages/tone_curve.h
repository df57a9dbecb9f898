// tone_curve: apply the picture's curve and the output's transfer function, fitted together as a function of a warped light.
//
// Domain: linear light, 0..limit (clamped) -> codes, full scale 255 or 65535
// Shape:  pixel-wise
// Source: own. t = sqrt(light / (warp light + (1 - warp) limit)) straightens the square-root foot and the shoulder of filmic curves, so
//         8 bits need only a polynomial of degree 7 (isp/tone_curve.cpp fits it and reports its error, under 0.9 codes); 16 bits
//         interpolate a table of 4097 nodes. A table costs 40 % of the kernel's time, pow 140 %.
#pragma once

#include "Halide.h"

namespace argent::stages {

inline constexpr int kToneDegree = 7;
inline constexpr int kToneNodes = 4096;

/// `curve(i)` is the coefficient of t^i, in codes.
inline Halide::Expr tone_curve_8bit(Halide::Expr light, Halide::Func curve, Halide::Expr limit, Halide::Expr warp) {
  using namespace Halide;
  Expr x = clamp(light, 1e-9f, limit);
  Expr t = x * fast_inverse_sqrt(x * (warp * x + (1.0f - warp) * limit));
  Expr y = curve(kToneDegree);
  for (int i = kToneDegree - 1; i >= 0; i--) y = y * t + curve(i);
  return cast<std::uint8_t>(clamp(y + 0.5f, 0.0f, 255.0f));
}

/// `table(i)` is the code at t = i / kToneNodes.
inline Halide::Expr tone_curve_16bit(Halide::Expr light, Halide::Func table, Halide::Expr limit, Halide::Expr warp) {
  using namespace Halide;
  Expr x = clamp(light, 0.0f, limit);
  Expr t = sqrt(x / (warp * x + (1.0f - warp) * limit)) * float(kToneNodes);
  Expr node = clamp(cast<int>(t), 0, kToneNodes - 1);
  Expr fraction = t - cast<float>(node);
  Expr y = table(node) + (table(node + 1) - table(node)) * fraction;
  return cast<std::uint16_t>(clamp(y + 0.5f, 0.0f, 65535.0f));
}

}  // namespace argent::stages
