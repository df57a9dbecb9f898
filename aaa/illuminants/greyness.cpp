#include "aaa/illuminants/greyness.h"

#include <algorithm>

namespace argent {
namespace {

constexpr float kContrastNoise = 0.05f;  // log units: less contrast than this tells nothing
constexpr float kNoContrast = 0.1f;      // weight of a zone without contrast: it may be grey

float greyness(const ZoneColors& zones, const ZoneColor& zone) {
  constexpr int kNeighbors[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
  float level = 0, chroma = 0;
  for (const auto& [dx, dy] : kNeighbors) {
    const ZoneColor* other = zones.at(zone.column + dx, zone.row + dy);
    if (other == nullptr) continue;
    const float dl = zone.log_level - other->log_level, du = zone.u - other->u, dv = zone.v - other->v;
    level += dl * dl;
    chroma += du * du + dv * dv;
  }
  constexpr float kChroma = 4;  // a paint's edge has about as much chroma as luminance contrast: half of that is already colored
  const float noise = kContrastNoise * kContrastNoise;
  return (level + kNoContrast * noise) / (level + kChroma * chroma + noise);
}

std::vector<float> brightness(const ZoneColors& zones) {
  std::vector<float> levels;
  if (zones.used.empty()) return levels;
  levels.reserve(zones.used.size());
  for (const ZoneColor& zone : zones.used) levels.push_back(zone.rgb[1]);
  auto high = levels.begin() + static_cast<std::ptrdiff_t>(0.9 * static_cast<double>(levels.size() - 1));
  std::vector<float> sorted = levels;
  std::nth_element(sorted.begin(), sorted.begin() + (high - levels.begin()), sorted.end());
  const float bright = sorted[static_cast<std::size_t>(high - levels.begin())];
  for (float& level : levels) level = std::min(level / bright, 1.0f);
  return levels;
}

}  // namespace

ZoneLooks looks_of(const ZoneColors& zones) {
  ZoneLooks out;
  out.greyness.reserve(zones.used.size());
  for (const ZoneColor& zone : zones.used) out.greyness.push_back(greyness(zones, zone));
  out.brightness = brightness(zones);
  return out;
}

}  // namespace argent
