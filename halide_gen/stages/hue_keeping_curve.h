// hue_keeping_curve: put the largest and the smallest component through a curve, and the third where it lay between them.
//
// Domain: linear light -> display light, as the curve's; the hue of HSV stays
// Shape:  pixel-wise
// Source: DNG 1.7.1.0, ProfileToneCurve: how it is meant to act on RGB is not said there. Readers of DCPs agree on this, and not on a curve
//         per component, which turns oranges yellow where it is steep; own formulation
#pragma once

#include <functional>

#include "Halide.h"
#include "stages/highlights.h"

namespace argent::stages {

inline Rgb hue_keeping_curve(const Rgb& v, const std::function<Halide::Expr(Halide::Expr)>& curve) {
  using namespace Halide;
  Expr high = max(v[0], max(v[1], v[2])), low = min(v[0], min(v[1], v[2]));
  Expr from = curve(low), to = curve(high), slope = select(high > low, (to - from) / max(high - low, 1e-30f), 0.0f);
  Rgb out;
  for (int i = 0; i < 3; i++) out[i] = from + (v[i] - low) * slope;
  return out;
}

}  // namespace argent::stages
