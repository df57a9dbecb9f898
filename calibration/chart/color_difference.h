// calibration/chart/color_difference.h - how different two colors look.
#pragma once

#include <array>

namespace argent {

struct Lab {
  double l = 0, a = 0, b = 0;
};

/// CIE 1976 L*a*b* (CIE 15:2004, eq. 8.3 to 8.11). XYZ of any common scale; the white's components above 0.
Lab lab_of(const std::array<double, 3>& xyz, const std::array<double, 3>& white);

/// CIEDE2000, all parametric factors 1. Source: Sharma, Wu, Dalal 2005, eq. 2 to 22.
double ciede2000(const Lab& one, const Lab& other);

}  // namespace argent
