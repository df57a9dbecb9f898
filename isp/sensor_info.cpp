#include "isp/sensor_info.h"

#include <array>
#include <cmath>
#include <sstream>
#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::array<const char*, 4> kSiteNames{"red", "first green", "second green", "blue"};

void check_phase(const SensorInfo& sensor) {
  const CfaPhase phase = sensor.cfa_phase;
  const int period = sensor.cfa == CfaPattern::kXTrans ? 6 : 1;
  if (phase.x >= 0 && phase.x < period && phase.y >= 0 && phase.y < period) return;
  throw Error("phase " + std::to_string(phase.x) + ", " + std::to_string(phase.y) + " of the mosaic, expected 0 to " +
              std::to_string(period - 1));
}

}  // namespace

int color_at(const SensorInfo& sensor, int x, int y) {
  if (sensor.cfa != CfaPattern::kXTrans) {
    const int red = static_cast<int>(sensor.cfa);  // kRggb 0, kGrbg 1, kGbrg 2, kBggr 3: where red is, x + 2 y
    return ((x ^ red) & 1) + ((y ^ red >> 1) & 1);
  }
  const int u = (x + sensor.cfa_phase.x) % 6, v = (y + sensor.cfa_phase.y) % 6;
  if ((u % 3 + v % 3) % 2 == 0) return 1;
  const bool beside = v % 3 == 1, exchanged = (u / 3 + v / 3) % 2 != 0;  // in its cell, left or right of the middle
  return beside != exchanged ? 0 : 2;
}

void check(const SensorInfo& sensor) {
  check_phase(sensor);
  for (std::size_t site = 0; site < kSiteNames.size(); site++) {
    const float black = sensor.black[site], white = sensor.white[site];
    if (std::isfinite(black) && std::isfinite(white) && white > black) continue;
    std::ostringstream text;
    text << "white level " << white << " of " << kSiteNames[site] << " does not pass black level " << black;
    throw Error(text.str());
  }
  if (sensor.cfa == CfaPattern::kXTrans && (sensor.black[1] != sensor.black[2] || sensor.white[1] != sensor.white[2]))
    throw Error("the greens of an X-Trans mosaic have different levels, expected one");
  for (const ColorMatrix& matrix : sensor.matrices) {
    if (std::isfinite(matrix.cct) && matrix.cct > 0 && inverse(matrix.xyz_to_camera)) continue;
    std::ostringstream text;
    text << "color matrix at " << matrix.cct << " kelvin cannot be inverted";
    throw Error(text.str());
  }
}

}  // namespace argent
