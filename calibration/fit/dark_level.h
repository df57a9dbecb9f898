// calibration/fit/dark_level.h - what a sensor counts without light: its black level and read noise.
#pragma once

#include <array>
#include <span>

#include "isp/frame.h"

namespace argent {

struct DarkLevel {
  float analogue_gain = 1;
  int frames = 0;
  std::array<double, 4> black{};        ///< mean code of each site, without the pixels that stand out
  std::array<double, 4> black_error{};  ///< its standard error, codes; the sensor's own pattern is part of it
  double read_noise = 0;                ///< standard deviation of a code from frame to frame, codes; of one frame: from pixel to pixel
  double read_noise_error = 0;
  double row_noise = 0;  ///< standard deviation of whole rows' means beyond what their pixels' noise makes of them, codes
  /// Codes end at 0 and more than 1 % of them are there: somebody took the black level off already, and what lay below it is lost. Level
  /// and noise are then those of the Gaussian whose upper half this is.
  bool cut = false;
};

/// Of dark frames at one gain, with one or more. Pixels beyond 5 standard deviations (by quantiles) are left out: hot ones, and 6 in 10
/// million of the others. Throws Error: frames that are not alike, and what is no dark frame: a median beyond a quarter of the codes'
/// range, or a spread (84 % to 16 %) beyond a twentieth of it.
DarkLevel fit_dark_level(std::span<const RawFrame* const> frames);

}  // namespace argent
