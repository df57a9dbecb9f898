// black_point: take haze away: light up to a level comes out black, what lies above it is brought down by one and a half times the level.
//
// Domain: linear light of known luminance shares, 1 = the picture's white -> the same; hue and saturation stay, white stays white
// Shape:  pixel-wise
// Source: own. Luminance y > b becomes (y - b)^2 / (y - b / 2), which leaves 0 without a corner and nears y - 3 b / 2, times what brings 1
//         back to 1. Components are multiplied alike: taking b from each would saturate shadows and turn their hues where one reaches 0
#pragma once

#include "Halide.h"
#include "stages/highlights.h"

namespace argent::stages {

/// `luminance` is (R G B); `black` below 1; 0: every bit stays.
inline Rgb black_point(const Rgb& light, Halide::Func luminance, Halide::Expr black) {
  using namespace Halide;
  Expr y = max(luminance(0) * light[0] + luminance(1) * light[1] + luminance(2) * light[2], black), above = y - black;
  Expr white = (1.0f - 0.5f * black) / ((1.0f - black) * (1.0f - black));
  Expr gain = select(black > 0.0f, white * above * above / ((y - 0.5f * black) * y), 1.0f);
  Rgb out;
  for (int i = 0; i < 3; i++) out[i] = light[i] * gain;
  return out;
}

}  // namespace argent::stages
