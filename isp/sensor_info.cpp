#include "isp/sensor_info.h"

#include <array>
#include <cmath>
#include <sstream>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::array<const char*, 4> kSiteNames{"red", "first green", "second green", "blue"};

}  // namespace

void check(const SensorInfo& sensor) {
  for (std::size_t site = 0; site < kSiteNames.size(); site++) {
    const float black = sensor.black[site], white = sensor.white[site];
    if (std::isfinite(black) && std::isfinite(white) && white > black) continue;
    std::ostringstream text;
    text << "white level " << white << " of " << kSiteNames[site] << " does not pass black level " << black;
    throw Error(text.str());
  }
  for (const ColorMatrix& matrix : sensor.matrices) {
    if (std::isfinite(matrix.cct) && matrix.cct > 0 && inverse(matrix.xyz_to_camera)) continue;
    std::ostringstream text;
    text << "color matrix at " << matrix.cct << " kelvin cannot be inverted";
    throw Error(text.str());
  }
}

}  // namespace argent
