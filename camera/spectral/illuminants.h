// camera/spectral/illuminants.h - spectra of lights: by formula, tabulated, or from a folder of measured ones.
#pragma once

#include <filesystem>
#include <string_view>

#include "camera/spectral/spectrum.h"

namespace argent {

/// Planck's law, relative: 1 at 560 nm. Kelvin above 0.
Spectrum planck(float cct);

/// CIE daylight (CIE 15:2004, eq. 3.1 to 3.4): 1 at 560 nm. 4000 to 25000 kelvin, clamped.
Spectrum daylight(float cct);

/// Natural light: daylight from 5000 kelvin up, Planckian below 4000, blended between, as chromaticity_of_cct() has it.
Spectrum natural_light(float cct);

/// The light moved by `duv` off the locus, greenish positive, by more or less of a broad green band.
Spectrum with_tint(const Spectrum& light, float duv);

/// A, D50, D55, D65, D75, E, FL2, FL11, LED-B1, LED-B5, or illum__NAME.csv or light__NAME.csv in `folder`/illuminants; 1 at 560 nm or
/// at the brightest sample. Throws Error for a name that is in neither, a file that is no spectrum.
Spectrum illuminant(std::string_view name, const std::filesystem::path& folder = {});

}  // namespace argent
