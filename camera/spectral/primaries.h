// camera/spectral/primaries.h - colors of pictures as spectra: what a camera sees of a pixel that is only known as RGB.
#pragma once

#include <span>

#include "camera/spectral/spectrum.h"

namespace argent {

/// Reflectances of a red, a green and a blue surface, each 0..1, which under D65 have the color of Rec. 709's linear (1, 0, 0), (0, 1, 0)
/// and (0, 0, 1), and together are white. A mixture of them by linear RGB is a smooth spectrum of that color, at most 1 where RGB is.
std::span<const Spectrum, 3> primary_reflectances();

}  // namespace argent
