#include "aaa/illuminants/light_features.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr float kReferenceMired = 200;
constexpr float kLargest = 3;        // of all that is put into planes
constexpr float kLeastEdge = 1e-4f;  // of the level of both zones: less is noise

void set_shares(std::span<const ColorVote> votes, std::vector<ColorVote>& to) {
  to.assign(votes.begin(), votes.end());
  float sum = 0;
  for (const ColorVote& vote : votes) sum += vote.weight;
  for (ColorVote& vote : to) vote.weight /= sum;
}

/// Differences between neighbors, channel by channel: what is left when a light falls on surfaces that differ (grey edge, van de Weijer
/// 2007). Each weighs as the root of its size.
void find_edges(LightFeatures& features) {
  features.cells.clear();
  for (const ZoneColor& zone : features.zones.used) {
    std::array<float, 3> edge{};
    constexpr int kNeighbors[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    for (const auto& [dx, dy] : kNeighbors) {
      const ZoneColor* other = features.zones.at(zone.column + dx, zone.row + dy);
      if (other == nullptr) continue;
      for (std::size_t c = 0; c < 3; c++) edge[c] += std::abs(zone.rgb[c] - other->rgb[c]);
    }
    const float size = edge[0] + edge[1] + edge[2], level = zone.rgb[0] + zone.rgb[1] + zone.rgb[2];
    if (!(std::min({edge[0], edge[1], edge[2]}) > kLeastEdge * level)) continue;
    features.cells.add(std::log(edge[0] / edge[1]), std::log(edge[2] / edge[1]), std::sqrt(size));
  }
  set_shares(features.cells.votes(), features.edges);
}

void add_histogram(std::span<const ColorVote> votes, const CurveCandidate& light, float* to) {
  for (const ColorVote& vote : votes) {
    const TableRead read = read_surface(vote.u - light.u, vote.v - light.v);
    for (std::size_t i = 0; i < 4; i++) to[read.node[i]] += vote.weight * read.share[i];
  }
}

void fill_planes(const ZoneColors& zones, const IlluminantPrior& prior, std::vector<float>& planes) {
  constexpr int kGrid = LightFeatures::kGrid, kPlane = kGrid * kGrid;
  planes.assign(static_cast<std::size_t>(LightFeatures::kPlanes * kPlane), 0);
  if (zones.used.empty()) return;
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
}

/// Lights of the grid within half a step of the sensor's range, and in it.
void find_candidates(const IlluminantPrior& prior, LightFeatures& features) {
  features.first = 0;
  features.candidates.clear();
  if (prior.curve.size() < 2) return;
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
  light_features(statistics, prior, features);
  return features;
}

void light_features(const Statistics& statistics, const IlluminantPrior& prior, LightFeatures& out) {
  find_candidates(prior, out);
  zone_colors(statistics, {}, out.zones);
  looks_of(out.zones, out.looks);
  out.evidence = evidence_of(out.zones);
  out.strength = {};
  if (prior.lux > 0) out.strength = {std::log10(prior.lux) - 2.3f, 1};
  if (out.candidates.empty()) return;
  fill_planes(out.zones, prior, out.planes);
  set_shares(color_votes(out.zones, out.looks, {}, out.cells), out.colors);
  find_edges(out);
}

std::vector<float> histograms_of(const LightFeatures& features) {
  std::vector<float> histograms(features.candidates.size() * LightFeatures::kCells);
  float* to = histograms.data();
  for (const CurveCandidate& light : features.candidates) {
    add_histogram(features.colors, light, to);
    add_histogram(features.edges, light, to + LightFeatures::kTable);
    to += LightFeatures::kCells;
  }
  return histograms;
}

}  // namespace argent
