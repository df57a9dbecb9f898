// calibration/fit/focus_sweep.h - one run of the lens past a target at a known distance: at which code it is sharp, and how wide that is.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "aaa/focus_peak.h"
#include "aaa/focus_score.h"

namespace argent {

struct FocusSweep {
  double dioptres = 0;               ///< of the target, 1 / metres
  std::vector<FocusSample> samples;  ///< in the order they were taken; position: the lens driver's code
};

/// What autofocus itself would see of a frame (aaa/focus_score.h): contrast at two scales, without noise. No window: the middle.
FocusSample focus_sample(const Statistics& statistics, float code, std::span<const Window> windows = {});

struct SweepPeak {
  double dioptres = 0;
  enum class Way { kRisingCodes, kFallingCodes } way = Way::kRisingCodes;
  double code = 0, error = 0;  ///< where it is sharpest; standard error
  double width = 0;            ///< codes between the places where contrast is half of the peak's; 0: they weren't both passed
  double noise = 0;            ///< relative, of one sample
  std::string left_out;        ///< why there is no peak; empty: there is
};

/// By aaa/focus_peak.h, as autofocus does, from the samples above half of the highest. Samples of one code in a row count as one, and tell
/// the noise; without such it is taken from how far the curve is from a smooth one. Never throws: what is wrong is in left_out (samples
/// that aren't numbers, a lens that goes forth and back, too few, no peak inside).
SweepPeak find_peak(const FocusSweep& sweep);

}  // namespace argent
