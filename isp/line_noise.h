// isp/line_noise.h - private: offsets that the pixels of a row, or of a column, have in common: the readout's noise, seen as stripes.
#pragma once

#include <array>
#include <vector>

#include "isp/correction_params.h"
#include "isp/frame.h"

namespace argent {

enum class LineAxis { kRows, kColumns };

/// Codes to take away: for each line those of its even and of its odd pixels, which have amplifiers of their own in many sensors.
/// Source: own. A line's pixels are compared with the mean of the two lines of the same colors beside it; the middle of that is what its
/// offset differs from theirs, whatever is in the picture. Where it passes the pixels' own noise it is the picture's (a horizon), and
/// nothing. Offsets follow by Landweber's iteration (1951), and what many lines have in common is left to the picture.
/// The frame must not be packed and have one sample a pixel. `dark`: subtracted before, or nullptr.
std::vector<std::array<float, 2>> line_offsets(const RawFrame& frame, const DarkFrame* dark, LineAxis axis);

}  // namespace argent
