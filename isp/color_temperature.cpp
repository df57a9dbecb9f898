#include "isp/color_temperature.h"

#include <algorithm>
#include <cmath>

#include "isp/natural_light.h"
#include "isp/precise_color.h"

namespace argent {
namespace {

PlanePoint to_uv(double x, double y) {
  const double scale = 1 / (-2 * x + 12 * y + 3);
  return {4 * x * scale, 6 * y * scale};
}

PlanePoint locus_uv(double mired) {
  const auto [x, y] = natural_chromaticity(1e6 / mired);
  return to_uv(x, y);
}

/// Mired of the locus's point nearest to `white`: a scan, then a golden section around the best of it.
double nearest_mired(PlanePoint white) {
  const double first = 1e6 / kMaxNaturalCct, last = 1e6 / kMinNaturalCct, step = 10;
  auto cost = [&](double mired) { return squared_distance(white, locus_uv(std::clamp(mired, first, last))); };
  double best = first;
  for (int i = 0; first + i * step < last + step; i++) {
    const double mired = first + i * step;
    if (cost(mired) < cost(best)) best = mired;
  }
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  double low = std::max(best - step, first), high = std::min(best + step, last);
  while (high - low > 1e-4) {
    const double a = high - ratio * (high - low), b = low + ratio * (high - low);
    if (cost(a) < cost(b)) {
      high = b;
    } else {
      low = a;
    }
  }
  return (low + high) / 2;
}

}  // namespace

Chromaticity chromaticity_of_cct(float cct) {
  const auto [x, y] = natural_chromaticity(cct > 0 ? cct : kMinNaturalCct);
  return {static_cast<float>(x), static_cast<float>(y)};
}

CorrelatedTemperature cct_of_chromaticity(Chromaticity white) {
  const PlanePoint point = to_uv(white.x, white.y);
  const double mired = nearest_mired(point);
  const PlanePoint on = locus_uv(mired), warmer = locus_uv(mired + 0.5), cooler = locus_uv(mired - 0.5);
  // The locus runs to the right with rising mired: what is left of that direction is above it.
  const double side = (warmer.u - cooler.u) * (point.v - on.v) - (warmer.v - cooler.v) * (point.u - on.u);
  return {static_cast<float>(1e6 / mired), static_cast<float>(std::copysign(std::sqrt(squared_distance(point, on)), side))};
}

Chromaticity chromaticity_of(CorrelatedTemperature light) {
  const double mired = std::clamp(1e6 / double(light.cct), 1e6 / kMaxNaturalCct, 1e6 / kMinNaturalCct);
  const PlanePoint on = locus_uv(mired), warmer = locus_uv(mired + 0.5), cooler = locus_uv(mired - 0.5);
  const double du = warmer.u - cooler.u, dv = warmer.v - cooler.v, length = std::hypot(du, dv);
  const double u = on.u - light.duv * dv / length, v = on.v + light.duv * du / length;
  const double scale = 1 / (2 * u - 8 * v + 4);  // CIE 15:2004, the inverse of to_uv()
  return {static_cast<float>(3 * u * scale), static_cast<float>(2 * v * scale)};
}

std::optional<float> cct_of_exif_illuminant(int code) {
  switch (code) {
    case 1:   // daylight
    case 4:   // flash
    case 9:   // fine weather
    case 20:  // D55
      return 5503.0f;
    case 2:   // fluorescent
    case 14:  // cool white, 3800 to 4500 K: EXIF 2.3 gives ranges, of which this is the middle
      return 4150.0f;
    case 3:   // tungsten
    case 17:  // standard light A
      return 2856.0f;
    case 10:  // cloudy
    case 21:  // D65
      return 6504.0f;
    case 11:  // shade
    case 22:  // D75
      return 7504.0f;
    case 12:  // daylight fluorescent, 5700 to 7100 K
      return 6400.0f;
    case 13:  // day white, 4600 to 5500 K
      return 5050.0f;
    case 15:  // white, 3250 to 3800 K
      return 3525.0f;
    case 16:  // warm white, 2600 to 3250 K
      return 2925.0f;
    case 18:  // standard light B
      return 4874.0f;
    case 19:  // standard light C
      return 6774.0f;
    case 23:  // D50
      return 5003.0f;
    case 24:  // ISO studio tungsten
      return 3200.0f;
    default:
      return std::nullopt;
  }
}

}  // namespace argent
