// isp/natural_light.h - the locus of natural light in double, so that steps in a row lose nothing, and what it is made of.
#pragma once

#include <utility>

namespace argent {

inline constexpr double kMinNaturalCct = 1667, kMaxNaturalCct = 25'000;  ///< kelvin, the range of Kim's cubic splines

/// How much of natural light's chromaticity, that is of its X + Y + Z, daylight has: 0 up to 4000 kelvin, 1 from 5000 up, smooth between.
/// The rest is Planckian.
double daylight_share(double cct);

/// CIE 1931 x and y of the locus that stands at chromaticity_of_cct(), at `cct` kelvin, clamped to its range.
std::pair<double, double> natural_chromaticity(double cct);

}  // namespace argent
