// isp/controls.h - what was decided for a frame: what the camera is asked to do next, and how this frame is rendered.
#pragma once

#include "isp/frame.h"

namespace argent {

struct Controls {
  SensorSettings sensor;         ///< asked of the camera; lands some frames later
  Vec3 colour_gains{1, 1, 1};    ///< R, G, B white balance multipliers (libcamera's ColourGains has R and B, green = 1)
  float colour_temperature = 0;  ///< kelvin; 0: not known (matrices and meshes are then taken at 5500)
  float digital_gain = 1;        ///< linear factor that render applies: wanted total exposure / this frame's applied total
};

}  // namespace argent
