// aaa/request.h - what the user wants of this frame. Recorded beside the statistics, so that a replay is exact.
#pragma once

#include <optional>
#include <string>

#include "isp/controls.h"

namespace argent {

/// Names follow libcamera's controls where there is one.
struct Request {
  float exposure_value = 0;                                   ///< EV, libcamera's ExposureValue
  std::optional<Microseconds> exposure_time;                  ///< ExposureTime: manual when present
  std::optional<float> analogue_gain;                         ///< AnalogueGain: manual when present
  Microseconds min_frame_duration{0}, max_frame_duration{0};  ///< FrameDurationLimits; 0: no limit
  bool ae_locked = false;
  bool awb_locked = false;                  ///< AwbLocked
  std::optional<Vec3> colour_gains;         ///< ColourGains: manual when present (R, G, B)
  std::optional<float> colour_temperature;  ///< ColourTemperature: manual when present, kelvin
};

}  // namespace argent
