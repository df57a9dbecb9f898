#include "aaa/illuminants/light_features.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr float kReferenceMired = 200;
constexpr float kLargest = 3;        // of all that is put into planes
constexpr float kLeastEdge = 1e-4f;  // of the level of both zones: less is noise

/// Differences between neighbors, channel by channel: what is left when a light falls on surfaces that differ (grey edge, van de Weijer
/// 2007). Each weighs as the root of its size, all together 1.
std::vector<ColorVote> edge_votes(const ZoneColors& zones) {
  ColorCells cells;
  for (const ZoneColor& zone : zones.used) {
    std::array<float, 3> edge{};
    constexpr int kNeighbors[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    for (const auto& [dx, dy] : kNeighbors) {
      const ZoneColor* other = zones.at(zone.column + dx, zone.row + dy);
      if (other == nullptr) continue;
      for (std::size_t c = 0; c < 3; c++) edge[c] += std::abs(zone.rgb[c] - other->rgb[c]);
    }
    const float size = edge[0] + edge[1] + edge[2], level = zone.rgb[0] + zone.rgb[1] + zone.rgb[2];
    if (!(std::min({edge[0], edge[1], edge[2]}) > kLeastEdge * level)) continue;
    cells.add(std::log(edge[0] / edge[1]), std::log(edge[2] / edge[1]), std::sqrt(size));
  }
  std::vector<ColorVote> votes = cells.votes();
  float sum = 0;
  for (const ColorVote& vote : votes) sum += vote.weight;
  for (ColorVote& vote : votes) vote.weight /= sum;
  return votes;
}

void add_histogram(std::span<const ColorVote> votes, const CurveCandidate& light, float scale, float* to) {
  for (const ColorVote& vote : votes) {
    const TableRead read = read_surface(vote.u - light.u, vote.v - light.v);
    for (std::size_t i = 0; i < 4; i++) to[read.node[i]] += scale * vote.weight * read.share[i];
  }
}

std::vector<float> planes_of(const ZoneColors& zones, const IlluminantPrior& prior) {
  constexpr int kGrid = LightFeatures::kGrid, kPlane = kGrid * kGrid;
  std::vector<float> planes(static_cast<std::size_t>(LightFeatures::kPlanes * kPlane));
  if (zones.used.empty()) return planes;
  const Vec3 gains = *gains_of_cct(prior.curve, 1e6f / kReferenceMired);
  const float white_u = -std::log(gains[0]), white_v = -std::log(gains[2]);
  float mean = 0;
  for (const ZoneColor& zone : zones.used) mean += zone.log_level / static_cast<float>(zones.used.size());
  const auto bounded = [](float x) { return std::clamp(x, -kLargest, kLargest); };
  for (int row = 0; row < kGrid; row++) {
    for (int column = 0; column < kGrid; column++) {
      const ZoneColor* zone = zones.at((2 * column + 1) * zones.columns / (2 * kGrid), (2 * row + 1) * zones.rows / (2 * kGrid));
      if (zone == nullptr) continue;
      float* const at = planes.data() + row * kGrid + column;
      at[0] = bounded(2 * (zone->u - white_u));
      at[kPlane] = bounded(2 * (zone->v - white_v));
      at[2 * kPlane] = bounded(zone->log_level - mean);
      at[3 * kPlane] = 1;
    }
  }
  return planes;
}

/// Lights of the grid within half a step of the sensor's range, and in it.
void find_candidates(const IlluminantPrior& prior, LightFeatures& features) {
  const auto [low, high] = mired_range(prior);
  for (int light = 0; light < kLights; light++) {
    const float mired = mired_of_light(light), inside = std::clamp(mired, low, high);
    constexpr float kHalf = (mired_of_light(1) - mired_of_light(0)) / 2;
    if (std::abs(mired - inside) > kHalf) continue;
    if (features.candidates.empty()) features.first = light;
    const Vec3 gains = *gains_of_cct(prior.curve, 1e6f / inside);
    features.candidates.push_back({inside, -std::log(gains[0]), -std::log(gains[2])});
  }
}

}  // namespace

LightFeatures light_features(const Statistics& statistics, const IlluminantPrior& prior) {
  LightFeatures features;
  if (prior.curve.size() < 2) return features;
  find_candidates(prior, features);
  features.zones = zone_colors(statistics, {});
  features.looks = looks_of(features.zones);
  features.evidence = evidence_of(features.zones);
  if (prior.lux > 0) features.strength = {std::log10(prior.lux) - 2.3f, 1};
  features.planes = planes_of(features.zones, prior);
  features.histograms.assign(features.candidates.size() * LightFeatures::kCells, 0);
  const std::vector<ColorVote> colors = color_votes(features.zones, features.looks), edges = edge_votes(features.zones);
  float* to = features.histograms.data();
  for (const CurveCandidate& light : features.candidates) {
    add_histogram(colors, light, 1 / kVotes, to);
    add_histogram(edges, light, 1, to + LightFeatures::kCells / 2);
    to += LightFeatures::kCells;
  }
  return features;
}

}  // namespace argent
