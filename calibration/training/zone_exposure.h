// calibration/training/zone_exposure.h - private: what a sensor counts of a scene's zones: exposure, shading left over, noise, clipping.
#pragma once

#include <span>
#include <vector>

#include "calibration/training/scene_random.h"
#include "isp/color.h"
#include "isp/statistics.h"

namespace argent {

/// Light from a zone: R, G, B of its pixels' mean; green of a white surface under the scene's first light is 1.
struct ZoneLight {
  Vec3 color{};
  float contrast = 0;  ///< standard deviation of log luminance among its pixels
};

/// Of the frame and of the sensor, drawn for it.
struct ZoneExposure {
  float level = 1;         ///< of saturation, that ZoneLight 1 becomes
  float gain = 1;          ///< analogue: what a photon is worth
  float full_well = 6000;  ///< electrons at saturation at gain 1
  float read_noise = 3;    ///< electrons
  int pixels = 256;        ///< of a zone: of red and of blue; twice as many of green
  float lens_falloff = 0;  ///< light that the lens lacks in the corners and shading has put back: 0.5 = the gain there is 1.5
  Vec3 shading_error{};    ///< what shading puts too much in the corners, per channel
  Vec3 black_error{};      ///< of saturation at gain 1; what the black level was off
};

/// An exposure as automatic ones are: `lux` limits it in the dark. `zones`: not empty.
ZoneExposure draw_exposure(std::span<const ZoneLight> zones, float lux, SceneRandom& random);

/// `zones` has columns x rows, row-major. Histograms, row sums, focus and settings stay empty.
Statistics expose(std::span<const ZoneLight> zones, int columns, int rows, const ZoneExposure& exposure, SceneRandom& random);

}  // namespace argent
