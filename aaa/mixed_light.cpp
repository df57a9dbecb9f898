#include "aaa/mixed_light.h"

#include <algorithm>
#include <cmath>

#include "aaa/illuminants/surface_prior.h"

namespace argent {
namespace {

constexpr int kColumns = 12, kRows = 9;  // nodes of the map
constexpr float kReach = 0.08f;          // of the picture: standard deviation of the window about a node
constexpr float kGlobal = 0.1f;          // share of the whole picture's score in a node's
constexpr float kMinApart = 50;          // mired between two lights; what is nearer is one light and two paints
constexpr float kMinShare = 0.12f;       // of the nodes, under the smaller light
constexpr float kMinZones = 64;
constexpr float kTrust = 0.3f;  // pull of a node to the nearer light: local answers are noisier than global ones

/// Share of each used zone in the window about a node.
std::vector<float> window_at(const ZoneColors& zones, float x, float y) {
  std::vector<float> out;
  out.reserve(zones.used.size());
  for (const ZoneColor& zone : zones.used) {
    const float dx = (static_cast<float>(zone.column) + 0.5f) / static_cast<float>(zones.columns) - x;
    const float dy = (static_cast<float>(zone.row) + 0.5f) / static_cast<float>(zones.rows) - y;
    const float d2 = (dx * dx + dy * dy) / (2 * kReach * kReach);
    out.push_back(d2 < 4 ? std::exp(-d2) : 0);
  }
  return out;
}

/// What the zones near each node say, in mired.
std::vector<float> local_mireds(const ZoneColors& zones, const IlluminantPrior& prior, std::span<const CurveCandidate> curve) {
  const ZoneLooks looks = looks_of(zones);
  const std::vector<float> all = scores_of(kSurfacePrior, color_votes(zones, looks), curve, prior.lux);
  std::vector<float> out;
  for (int row = 0; row < kRows; row++) {
    for (int column = 0; column < kColumns; column++) {
      const auto window = window_at(zones, static_cast<float>(column) / (kColumns - 1), static_cast<float>(row) / (kRows - 1));
      // The strength of the light says nothing about which of two lights: both lie under the same lux.
      std::vector<float> scores = scores_of(kSurfacePrior, color_votes(zones, looks, window), curve, 0);
      for (std::size_t i = 0; i < scores.size(); i++) scores[i] = std::lerp(scores[i], all[i], kGlobal);
      to_probabilities(scores);
      out.push_back(belief_of(scores, curve).median);
    }
  }
  return out;
}

struct TwoMeans {
  float low = 0, high = 0;
  float share = 0;  ///< of the smaller
};

TwoMeans two_means(const std::vector<float>& values) {
  TwoMeans means{*std::min_element(values.begin(), values.end()), *std::max_element(values.begin(), values.end()), 0};
  for (int pass = 0; pass < 10; pass++) {
    float low = 0, high = 0, n_low = 0, n_high = 0;
    for (float v : values) {
      const bool is_low = v < (means.low + means.high) / 2;
      (is_low ? low : high) += v;
      (is_low ? n_low : n_high) += 1;
    }
    if (n_low == 0 || n_high == 0) return means;
    means = {low / n_low, high / n_high, std::min(n_low, n_high) / static_cast<float>(values.size())};
  }
  return means;
}

std::array<float, 2> curve_at(const IlluminantPrior& prior, float mired) {
  const auto gains = gains_of_cct(prior.curve, 1e6f / mired);
  return {-std::log((*gains)[0]), -std::log((*gains)[2])};
}

}  // namespace

std::optional<MixedLight> find_mixed_light(const ZoneColors& zones, const IlluminantPrior& prior, const std::array<float, 2>& light) {
  if (prior.curve.size() < 2 || static_cast<float>(zones.used.size()) < kMinZones) return std::nullopt;
  const std::vector<CurveCandidate> curve = curve_candidates(prior);
  const std::vector<float> mireds = local_mireds(zones, prior, curve);
  const TwoMeans means = two_means(mireds);
  if (!(means.high - means.low >= kMinApart) || means.share < kMinShare) return std::nullopt;

  MixedLight out;
  out.first = curve_at(prior, means.low);
  out.second = curve_at(prior, means.high);
  out.gain_map.columns = kColumns;
  out.gain_map.rows = kRows;
  const float middle = (means.low + means.high) / 2, half = (means.high - means.low) / 2;
  for (float mired : mireds) {
    const float bounded = std::clamp(mired, means.low, means.high);
    // Pulled towards the nearer of the two lights, because there are no others.
    const float side = std::clamp((bounded - middle) / half, -1.0f, 1.0f);
    const auto local = curve_at(prior, std::lerp(bounded, middle + std::copysign(half, side), kTrust * std::abs(side)));
    const auto gain = [&](std::size_t i) { return std::clamp(std::exp(light[i] - local[i]), 0.25f, 4.0f); };
    out.gain_map.gains.push_back({gain(0), gain(1)});
  }
  return out;
}

}  // namespace argent
