// isp/dark_frame.h - what a sensor counts without light, made from a RAW file with the cap on.
#pragma once

#include "isp/correction_params.h"
#include "isp/frame.h"

namespace argent {

/// A pixel whose excess passes this fraction of saturation is a defect: the noise of so many electrons is worse than a guess.
inline constexpr float kHotExcess = 1.0f / 16;

/// Throws Error for a frame that contradicts itself, that has three samples a pixel, or in which more than one pixel in twenty is hot:
/// that was no dark frame.
DarkFrame make_dark_frame(const RawFrame& frame);

}  // namespace argent
