// camera/simulation/light_script.h - what the light does over time: level, color, flicker.
#pragma once

#include "camera/simulation/scenario.h"

namespace argent {

struct LightState {
  float lux = 0;
  float cct = 0;  ///< kelvin
};

class LightScript {
 public:
  LightScript(const LightParams& params, int seed);

  /// At a time in seconds.
  LightState at(double time) const;

  /// What an exposure of `exposure` seconds that begins at `time` gets, relative to steady light: the mean of
  /// 1 + depth cos(2 pi f t + phase) over it.
  double flicker(double time, double exposure) const;

  /// Amplitude of flicker() over time: depth |sinc(f exposure)|.
  double flicker_amplitude(double exposure) const;

 private:
  LightParams params_;
  double phase_ = 0;  ///< radians
};

}  // namespace argent
