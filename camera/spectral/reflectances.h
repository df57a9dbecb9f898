// camera/spectral/reflectances.h - white, and the ColorChecker Classic's 24 patches, rows from dark skin to black.
#pragma once

#include <span>

#include "camera/spectral/spectrum.h"

namespace argent {

std::span<const Spectrum, 24> checker_reflectances();

/// Reflects all light.
const Spectrum& white_surface();

}  // namespace argent
