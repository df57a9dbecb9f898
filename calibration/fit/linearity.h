// calibration/fit/linearity.h - whether twice the light is twice the code, and where codes end.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "isp/frame.h"

namespace argent {

struct ResponsePoint {
  double exposure = 0;   ///< exposure time times analogue gain, us
  double level = 0;      ///< mean of green above black, codes
  double deviation = 0;  ///< level / fitted - 1
  bool fitted = false;   ///< the line was drawn through this one, too
};

struct Linearity {
  double codes_per_exposure = 0;      ///< slope of the line through black
  std::vector<ResponsePoint> points;  ///< by rising exposure; without clipped ones
  double worst = 0;                   ///< largest |deviation| of levels from 5 % to 90 % of white
  double worst_exposure = 0;          ///< where that is
};

/// Frames of an even surface in a steady light at exposures that the frames know, at one gain. Means of the middle half of the width and
/// height. The line is drawn through levels from 10 % to 70 % of white, by relative least squares. Throws Error: frames that are not alike,
/// an exposure that isn't known, fewer than three different exposures that don't clip.
Linearity fit_linearity(std::span<const RawFrame* const> frames, const std::array<double, 4>& black);

/// The code at which a sensor's output ends, if a frame shows it: where codes pile up at the top. At least one pixel in two thousand lies
/// in the uppermost 8 codes (of 12 bits), and more than in the 24 below: an even surface that is not clipped has fewer there. The middle of
/// that pile, which noise spreads where the pixels' wells are full before the converter ends. 0: no frame shows it.
double saturation_code(std::span<const RawFrame* const> frames);

}  // namespace argent
