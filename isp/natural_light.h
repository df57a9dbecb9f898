// isp/natural_light.h - private: the locus of natural light in double, so that steps in a row lose nothing.
#pragma once

#include <utility>

namespace argent {

inline constexpr double kMinNaturalCct = 1667, kMaxNaturalCct = 25'000;  ///< kelvin, the range of Kim's cubic splines

/// CIE 1931 x and y of the locus that stands at chromaticity_of_cct(), at `cct` kelvin, clamped to its range.
std::pair<double, double> natural_chromaticity(double cct);

}  // namespace argent
