// capture_sharpen: take back the blur of lens and demosaic, without halos.
//
// Domain: luma of roots, u16 of 1 / unit -> the same as floats; amount 0 changes nothing
// Shape:  (x, y) -> (x, y)
// Source: van Cittert 1931, two steps of u <- u + amount (v - blur u), blur a Gaussian of the radius. Own: what is added is shrunk where it
//         is no larger than noise, and bounded by the neighbors' range: by 2 % of it at edges, by a third in fine texture
#pragma once

#include "Halide.h"
#include "isp/narrow_blur.h"
#include "stages/fixed_point.h"

namespace argent::stages {

struct CaptureSharpen {
  Halide::Expr narrow;  ///< a Gaussian of which nothing is left beyond two pixels: schedules specialize for it what blurs
  Halide::Func weights{"weights"}, luma{"luma_as_float"}, across{"blur_across"}, first{"first"}, first_across{"first_across"},
      lowest{"lowest"}, highest{"highest"}, sharpened{"sharpened"};  ///< lowest, highest: u16
};

/// `luma` may be read anywhere; `noise` is the standard deviation of noise in it, of 1; `radius` the Gaussian's, pixels, at most 1.5, or
/// kNarrowBlur if `always_narrow`.
inline CaptureSharpen capture_sharpen(Halide::Func luma, Halide::Expr unit, Halide::Expr amount, Halide::Expr radius, Halide::Expr noise,
                                      bool always_narrow) {
  using namespace Halide;
  constexpr int kNarrowReach = 2;
  const int reach = always_narrow ? kNarrowReach : 4;
  constexpr float kEdge = 0.02f, kTexture = 0.33f, kTextureRange = 0.06f;
  Var x("x"), y("y"), i("i");
  CaptureSharpen s;
  s.narrow = always_narrow ? cast(Bool(), 1) : radius <= kNarrowBlur;
  const auto weight = [&](Expr k) {
    return select(s.narrow && k > kNarrowReach, 0.0f, exp(-cast<float>(k * k) / (2.0f * radius * radius)));
  };
  Expr total = weight(0);
  for (int k = 1; k <= reach; k++) total += 2.0f * weight(k);
  s.weights(i) = weight(i) / total;
  const auto blurred = [&](const auto& at) {
    Expr sum = s.weights(0) * at(0), narrow_sum;
    for (int k = 1; k <= reach; k++) {
      sum += s.weights(k) * (at(-k) + at(k));
      if (k == kNarrowReach) narrow_sum = sum;
    }
    return select(s.narrow, narrow_sum, sum);
  };
  s.luma(x, y) = as_float(luma(x, y));
  s.across(x, y) = blurred([&](int k) { return s.luma(x + k, y); });
  s.first(x, y) = s.luma(x, y) + amount * (s.luma(x, y) - blurred([&](int k) { return s.across(x, y + k); }));
  s.first_across(x, y) = blurred([&](int k) { return s.first(x + k, y); });
  Expr second = s.first(x, y) + amount * (s.luma(x, y) - blurred([&](int k) { return s.first_across(x, y + k); }));

  s.lowest(x, y) = min(luma(x, y - 1), min(luma(x, y), luma(x, y + 1)));
  s.highest(x, y) = max(luma(x, y - 1), max(luma(x, y), luma(x, y + 1)));
  Expr low = as_float(min(s.lowest(x - 1, y), min(s.lowest(x, y), s.lowest(x + 1, y))));
  Expr high = as_float(max(s.highest(x - 1, y), max(s.highest(x, y), s.highest(x + 1, y))));
  Expr range = high - low, relative = range * (1 / kTextureRange / unit), squared = relative * relative;
  Expr over = range * (kEdge + kTexture * fast_inverse(1.0f + squared * squared));
  Expr added = second - s.luma(x, y), small = noise * noise * unit * unit;
  added = added - added * (small * fast_inverse(added * added + small + 1e-20f));
  s.sharpened(x, y) = clamp(s.luma(x, y) + added, low - over, high + over);
  return s;
}

}  // namespace argent::stages
