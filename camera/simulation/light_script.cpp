#include "camera/simulation/light_script.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "camera/simulation/counter_random.h"

namespace argent {
namespace {

double sinc(double x) { return std::abs(x) < 1e-9 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }

bool flickers(const LightParams& light) { return light.flicker_hz > 0 && light.flicker_depth > 0; }

}  // namespace

LightScript::LightScript(const LightParams& params, int seed) : params_(params) {
  phase_ = 2 * std::numbers::pi * CounterRandom(seed, RandomPurpose::kFlicker, 0).uniform();
}

LightState LightScript::at(double time) const {
  LightState state{params_.lux, params_.cct};
  for (const LightEvent& event : params_.events) {
    if (time < event.time) break;
    const float part = event.ramp > 0 ? std::min(1.0f, static_cast<float>((time - event.time) / event.ramp)) : 1;
    if (!std::isnan(event.lux)) state.lux *= std::pow(event.lux / state.lux, part);
    if (!std::isnan(event.cct)) state.cct += (event.cct - state.cct) * part;
  }
  return state;
}

double LightScript::flicker(double time, double exposure) const {
  if (!flickers(params_)) return 1;
  const double f = params_.flicker_hz;
  return 1 + params_.flicker_depth * sinc(f * exposure) * std::cos(2 * std::numbers::pi * f * (time + exposure / 2) + phase_);
}

double LightScript::flicker_amplitude(double exposure) const {
  return flickers(params_) ? params_.flicker_depth * std::abs(sinc(params_.flicker_hz * exposure)) : 0;
}

}  // namespace argent
