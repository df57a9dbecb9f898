#include "isp/natural_light.h"

#include <algorithm>

namespace argent {
namespace {

/// CIE 15:2004, eq. 3.2 to 3.4.
std::pair<double, double> daylight(double t) {
  const double x =
      t <= 7000 ? ((-4.6070e9 / t + 2.9678e6) / t + 0.09911e3) / t + 0.244063 : ((-2.0064e9 / t + 1.9018e6) / t + 0.24748e3) / t + 0.237040;
  return {x, (-3 * x + 2.870) * x - 0.275};
}

/// Kim et al. 2002, US 7024034: cubic splines over 1667 to 25000 K.
std::pair<double, double> planck(double t) {
  const double x = t <= 4000 ? ((-0.2661239e9 / t - 0.2343589e6) / t + 0.8776956e3) / t + 0.179910
                             : ((-3.0258469e9 / t + 2.1070379e6) / t + 0.2226347e3) / t + 0.240390;
  if (t <= 2222) return {x, ((-1.1063814 * x - 1.34811020) * x + 2.18555832) * x - 0.20219683};
  if (t <= 4000) return {x, ((-0.9549476 * x - 1.37418593) * x + 2.09137015) * x - 0.16748867};
  return {x, ((3.0817580 * x - 5.87338670) * x + 3.75112997) * x - 0.37001483};
}

}  // namespace

double daylight_share(double cct) {
  const double w = std::clamp((cct - 4000) / 1000, 0.0, 1.0);
  return w * w * (3 - 2 * w);
}

std::pair<double, double> natural_chromaticity(double cct) {
  const double t = std::clamp(cct, kMinNaturalCct, kMaxNaturalCct), share = daylight_share(t);
  if (share == 0) return planck(t);
  if (share == 1) return daylight(t);
  const auto a = planck(t), b = daylight(t);
  return {a.first + share * (b.first - a.first), a.second + share * (b.second - a.second)};
}

}  // namespace argent
