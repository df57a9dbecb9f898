// green_balance: bring the two greens of a Bayer quad together where the picture is flat: what is left of their difference is a maze.
//
// Domain: codes above black -> the same
// Shape:  (x, y) -> what green pixel (x, y) is to be given more
// Source: own: half the difference of local means goes to each of the two. The weights of both means have the same second moment, so that a
//         curved surface makes no difference; contrast, relative to the level, fades it out.
#pragma once

#include "Halide.h"

namespace argent::stages {

/// `level`: with borders; `strength`: 0 changes nothing, 1 takes the whole difference away; `threshold`: contrast above which it fades.
inline Halide::Expr green_balance(Halide::Func level, Halide::Expr strength, Halide::Expr threshold, Halide::Var x, Halide::Var y) {
  using namespace Halide;
  constexpr float kFar = 5.0f / 14;  // second moment of the other green: (4 + 40 kFar) / (4 + 8 kFar) = 8/3 = that of the own
  Expr own = 0.0f, own_high = level(x, y), own_low = level(x, y);
  for (int dy = -2; dy <= 2; dy += 2) {
    for (int dx = -2; dx <= 2; dx += 2) {
      Expr v = level(x + dx, y + dy);
      own += v / 9.0f;
      own_high = max(own_high, v);
      own_low = min(own_low, v);
    }
  }
  Expr near = 0.0f, far = 0.0f, other_high = level(x - 1, y - 1), other_low = other_high;
  for (int dy = -1; dy <= 1; dy += 2) {
    for (int dx = -1; dx <= 1; dx += 2) {
      Expr v = level(x + dx, y + dy);
      near += v;
      far += level(x + 3 * dx, y + dy) + level(x + dx, y + 3 * dy);
      other_high = max(other_high, v);
      other_low = min(other_low, v);
    }
  }
  Expr other = (near + kFar * far) / (4.0f + 8.0f * kFar);
  Expr contrast = max(own_high - own_low, other_high - other_low), bound = threshold * max(own, 0.0f);
  Expr flat = select(bound > 0.0f, clamp(2.0f - contrast / max(bound, 1e-6f), 0.0f, 1.0f), 0.0f);
  return strength * 0.5f * flat * (other - own);
}

}  // namespace argent::stages
