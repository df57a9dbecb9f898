// camera/simulation/sensor_color.h - private: what a sensor makes of the scene's materials under a light.
#pragma once

#include <array>

#include "camera/simulation/scenario.h"
#include "isp/color.h"

namespace argent {

/// Material 0 is white; 1 to 24 are the patches of a ColorChecker, in its order.
inline constexpr std::size_t kMaterials = 25;

/// Sensor R, G, B of each material with luminance 1 under white's light; green of white is 1.
using Palette = std::array<Vec3, kMaterials>;

/// Luminance of the patches, white = 1.
std::array<float, kMaterials> material_luminances();

class SensorColor {
 public:
  explicit SensorColor(const Scenario& scenario);

  Palette palette(float cct) const;
  /// What a DNG of this sensor would say of it.
  std::vector<ColorMatrix> matrices() const;

 private:
  float colorfulness_ = 1, tint_ = 0;
};

}  // namespace argent
