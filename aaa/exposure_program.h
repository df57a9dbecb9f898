// aaa/exposure_program.h - private: a total exposure split into time and analogue gain; what is left over is digital gain.
#pragma once

#include <optional>

#include "aaa/auto_exposure_params.h"
#include "aaa/request.h"

namespace argent {

enum class FlickerAvoidance { kNone, kAvoided, kTooBright, kManual };

/// What of the split is given: by the user, the sensor and the mains.
struct SplitLimits {
  double min_time = 30, max_time = 66'666;  ///< us
  double max_whole_time = 66'666;           ///< us, of whole periods: a frame's last lines, which the sensor keeps, would spoil them
  double max_gain = 16;
  std::optional<double> time, gain;  ///< manual
  double flicker_period = 0;         ///< us; 0: steady light
  double line_time = 0;              ///< us; not 0: the time is made of whole lines, and the gain makes up for the rest
  double probe_period = 0;           ///< us; not 0: let this light's pulsing vanish, or nearly, to tell it from stripes
};

/// A time below one period is made this much longer for a probe, and the gain can't make up for it: two stops, which the target's
/// headroom has room for and digital gain takes back.
inline constexpr double kProbeLengthening = 5;

struct Split {
  double time = 0;  ///< us
  double gain = 1;
  FlickerAvoidance flicker = FlickerAvoidance::kNone;
  double total() const { return time * gain; }
};

SplitLimits split_limits(const AutoExposureParams& params, const Request& request);
const ExposureProgram& exposure_program(const AutoExposureParams& params, AeExposureMode mode);

/// Walks the program's stages. With a flicker period the time is the largest whole number of periods that the program's own time
/// holds, at least one where the light is not too bright for it; the gain makes up for it.
Split split_exposure(double total, const ExposureProgram& program, const SplitLimits& limits);

}  // namespace argent
