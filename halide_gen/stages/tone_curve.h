// tone_curve: apply the picture's curve and the output's transfer function, fitted together as a function of a warped light.
//
// Domain: linear light, 0..limit (clamped) -> codes, full scale 255 or 65535
// Shape:  pixel-wise
// Source: own. t = sqrt(light / (warp light + (1 - warp) limit)) straightens the square-root foot and the shoulder of filmic curves, so
//         8 bits need only a polynomial of degree 7 (isp/tone_curve.cpp fits it and reports its error, under 0.9 codes at the contrasts
//         people use) or 11 (under 0.5); 16 bits interpolate a table of 4097 nodes. A table costs 40 % of the kernel's time, pow 140 %.
#pragma once

#include "Halide.h"

namespace argent::stages {

inline constexpr int kToneDegree = 7, kFineToneDegree = 11;
inline constexpr int kToneNodes = 4096;

/// `curve(i)` is the coefficient of t^i, in codes.
inline Halide::Expr tone_polynomial(Halide::Expr light, Halide::Func curve, Halide::Expr limit, Halide::Expr warp,
                                    int degree = kToneDegree) {
  using namespace Halide;
  Expr x = clamp(light, 1e-9f, limit);
  Expr t = x * fast_inverse_sqrt(x * (warp * x + (1.0f - warp) * limit));
  Expr y = curve(degree);
  for (int i = degree - 1; i >= 0; i--) y = y * t + curve(i);
  return y;
}

inline Halide::Expr tone_curve_8bit(Halide::Expr light, Halide::Func curve, Halide::Expr limit, Halide::Expr warp) {
  return Halide::cast<std::uint8_t>(Halide::clamp(tone_polynomial(light, curve, limit, warp) + 0.5f, 0.0f, 255.0f));
}

/// Of a curve that holds the rounding's half and is known to stay inside 0..255.99: three instructions less. Only down to kToneDegree:
/// coefficients of kFineToneDegree reach millions, so that rounding errors alone make 257 of 255 at some settings, which would be black.
inline Halide::Expr tone_curve_8bit_inside(Halide::Expr light, Halide::Func curve, Halide::Expr limit, Halide::Expr warp,
                                           int degree = kToneDegree) {
  Halide::Expr code = tone_polynomial(light, curve, limit, warp, degree);
  if (degree > kToneDegree) code = Halide::min(code, 255.0f);
  return Halide::cast<std::uint8_t>(Halide::cast<std::int32_t>(code));
}

/// The same x 256, u16.
inline Halide::Expr tone_curve_word_inside(Halide::Expr light, Halide::Func curve, Halide::Expr limit, Halide::Expr warp) {
  Halide::Expr code = tone_polynomial(light, curve, limit, warp);
  return Halide::cast<std::uint16_t>(Halide::cast<std::int32_t>(code * 256.0f));
}

/// Between the nodes of a table of kToneNodes + 1, at 0 <= t <= kToneNodes.
inline Halide::Expr interpolated(Halide::Func table, Halide::Expr t) {
  using namespace Halide;
  Expr node = clamp(cast<int>(t), 0, kToneNodes - 1);
  return table(node) + (table(node + 1) - table(node)) * (t - cast<float>(node));
}

/// `table(i)` is the code at t = i / kToneNodes.
inline Halide::Expr tone_curve_16bit(Halide::Expr light, Halide::Func table, Halide::Expr limit, Halide::Expr warp) {
  using namespace Halide;
  Expr x = clamp(light, 0.0f, limit);
  Expr y = interpolated(table, sqrt(x / (warp * x + (1.0f - warp) * limit)) * float(kToneNodes));
  return cast<std::uint16_t>(clamp(y + 0.5f, 0.0f, 65535.0f));
}

/// The curve alone: `table(i)` is the display light at t = i / kToneNodes. Odd, so that colors outside sRGB survive for wider outputs.
inline Halide::Expr tone_curve_light(Halide::Expr light, Halide::Func table, Halide::Expr limit, Halide::Expr warp) {
  using namespace Halide;
  Expr x = min(abs(light), limit);
  Expr y = interpolated(table, sqrt(x / (warp * x + (1.0f - warp) * limit)) * float(kToneNodes));
  return select(light < 0.0f, -y, y);
}

}  // namespace argent::stages
