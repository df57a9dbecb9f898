// isp/controls.h - what was decided for a frame: what the camera is asked to do next, and how this frame is rendered.
#pragma once

#include <array>
#include <vector>

#include "isp/frame.h"

namespace argent {

/// Mixed light: what colour_gains is multiplied by at each place. Nodes lie on the borders, as a ShadingMesh's; bilinear between.
struct GainMap {
  int columns = 0, rows = 0;                ///< 0: one light everywhere
  std::vector<std::array<float, 2>> gains;  ///< R and B (green = 1), row-major, each in 1/4..4
  bool operator==(const GainMap&) const = default;
};

struct Controls {
  SensorSettings sensor;         ///< asked of the camera; lands some frames later
  Vec3 colour_gains{1, 1, 1};    ///< R, G, B white balance multipliers (libcamera's ColourGains has R and B, green = 1)
  float colour_temperature = 0;  ///< kelvin; 0: not known (matrices and meshes are then taken at 5500)
  float digital_gain = 1;        ///< linear factor that render applies: wanted total exposure / this frame's applied total
  GainMap gain_map;              ///< only when the request allows mixed light and two lights were found
  bool operator==(const Controls&) const = default;
};

}  // namespace argent
