// isp/color_temperature.h - the colors that natural light has, by their temperature in kelvin.
#pragma once

#include <optional>

namespace argent {

struct Chromaticity {
  float x = 0, y = 0;  ///< CIE 1931
};

/// Point of the locus of natural light: CIE daylight from 4000 K up (CIE 15:2004, eq. 3.2 to 3.4), Planckian below (Kim et al. 2002,
/// US 7024034), blended from 4000 to 5000 K. Range 1667 to 25000 kelvin, clamped.
Chromaticity chromaticity_of_cct(float cct);

/// Nearest point of the same locus in CIE 1960 uv: the correlated color temperature in kelvin, and the signed distance
/// Duv (above the locus, greenish, is positive).
struct CorrelatedTemperature {
  float cct = 0;
  float duv = 0;
};
CorrelatedTemperature cct_of_chromaticity(Chromaticity white);

/// The way back: the point at `light.duv` from the locus, at a right angle to it in CIE 1960 uv.
Chromaticity chromaticity_of(CorrelatedTemperature light);

/// Kelvin of an EXIF LightSource / DNG CalibrationIlluminant code (DNG 1.7, CalibrationIlluminant1); nullopt when it names no light.
std::optional<float> cct_of_exif_illuminant(int code);

}  // namespace argent
