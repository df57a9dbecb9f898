#include "aaa/cct_curve.h"

#include <cmath>

namespace argent {

std::vector<CctPoint> cct_curve_of(std::span<const ColorMatrix> matrices) {
  constexpr int kPoints = 21;
  constexpr float kWarmest = 500, kCoolest = 100;  // mired
  std::vector<CctPoint> curve;
  for (int i = 0; i < kPoints; i++) {
    const float cct = 1e6f / std::lerp(kWarmest, kCoolest, static_cast<float>(i) / (kPoints - 1));
    const auto gains = gains_of_cct(matrices, cct);
    if (!gains) return {};
    const CctPoint point{cct, (*gains)[1] / (*gains)[0], (*gains)[1] / (*gains)[2]};
    if (!(point.red > 0 && point.blue > 0) || !std::isfinite(point.red) || !std::isfinite(point.blue)) return {};
    curve.push_back(point);
  }
  return curve;
}

}  // namespace argent
