// camera/spectral/observer.h - what an eye sees of a spectrum: the CIE 1931 2 degree observer.
#pragma once

#include "camera/spectral/spectrum.h"
#include "isp/color.h"

namespace argent {

/// XYZ of a surface under a light, Y = 1 for a white one. A light without power: zero.
Vec3 xyz_of(const Spectrum& light, const Spectrum& reflectance);

Chromaticity chromaticity_of(const Spectrum& light);

/// Y of a light, in units of one that has power 1 at all wavelengths.
double luminance_of(const Spectrum& light);

}  // namespace argent
