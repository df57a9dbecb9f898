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

/// The green level that a tenth of the zones exceed. Sorts `levels` in part.
float bright_level(std::vector<float>& levels) {
  const auto high = levels.begin() + static_cast<std::ptrdiff_t>(0.9 * static_cast<double>(levels.size() - 1));
  std::nth_element(levels.begin(), high, levels.end());
  return *high;
}

}  // namespace

ZoneLooks looks_of(const ZoneColors& zones) {
  ZoneLooks out;
  looks_of(zones, out);
  return out;
}

void looks_of(const ZoneColors& zones, ZoneLooks& out) {
  for (auto* list : {&out.greyness, &out.brightness, &out.levels}) list->clear();
  if (zones.used.empty()) return;
  for (auto* list : {&out.greyness, &out.brightness, &out.levels}) list->reserve(zones.used.size());
  for (const ZoneColor& zone : zones.used) {
    out.greyness.push_back(greyness(zones, zone));
    out.levels.push_back(zone.rgb[1]);
  }
  const float bright = bright_level(out.levels);
  for (const ZoneColor& zone : zones.used) out.brightness.push_back(std::min(zone.rgb[1] / bright, 1.0f));
}

}  // namespace argent
