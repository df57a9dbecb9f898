#include "calibration/evaluation/surface_prior_fit.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace argent {
namespace {

constexpr int kPasses = 100;
constexpr float kLabelSigma = 10;  // mired: labels of one scene are 11 to 15 apart
constexpr float kSmooth = 3e-3f, kShrink = 1e-3f, kShrinkLight = 1e-3f;
constexpr int kSurface = SurfacePrior::kSide * SurfacePrior::kSide, kLight = SurfacePrior::kLuxes * SurfacePrior::kMireds;

/// Votes seen from one candidate, per node of the tables; and how much of the label lies there.
struct Row {
  std::vector<std::pair<int, float>> nodes;  ///< of the surface table, then of the light table
  float target = 0;
};

std::vector<Row> rows_of(const FitSample& sample) {
  std::vector<Row> rows;
  const float low = sample.candidates.front().mired, high = sample.candidates.back().mired;
  const float label = std::clamp(sample.mired, low, high);
  float sum = 0;
  for (const CurveCandidate& light : sample.candidates) {
    Row row;
    std::vector<float> dense(kSurface);
    for (const ColorVote& vote : sample.votes) {
      const TableRead read = read_surface(vote.u - light.u, vote.v - light.v);
      for (std::size_t i = 0; i < 4; i++) dense[static_cast<std::size_t>(read.node[i])] += vote.weight * read.share[i];
    }
    for (int i = 0; i < kSurface; i++) {
      if (dense[static_cast<std::size_t>(i)] > 0) row.nodes.push_back({i, dense[static_cast<std::size_t>(i)]});
    }
    const TableRead read = read_light(sample.lux, light.mired);
    for (std::size_t i = 0; i < 4; i++) row.nodes.push_back({kSurface + read.node[i], read.share[i]});
    const float z = (light.mired - label) / kLabelSigma;
    row.target = std::exp(-z * z / 2);
    sum += row.target;
    rows.push_back(std::move(row));
  }
  for (Row& row : rows) row.target /= sum;
  return rows;
}

/// Adds the gradient of squared differences between neighbors.
void smooth(const std::vector<float>& weights, std::vector<float>& gradient) {
  constexpr int kSide = SurfacePrior::kSide;
  const auto pair = [&](int a, int b) {
    const float pull = kSmooth * (weights[static_cast<std::size_t>(a)] - weights[static_cast<std::size_t>(b)]);
    gradient[static_cast<std::size_t>(a)] += pull;
    gradient[static_cast<std::size_t>(b)] -= pull;
  };
  for (int i = 0; i < kSide; i++) {
    for (int j = 0; j + 1 < kSide; j++) {
      pair(i * kSide + j, i * kSide + j + 1);
      pair(j * kSide + i, (j + 1) * kSide + i);
    }
  }
}

void add_gradient(const std::vector<Row>& rows, const std::vector<float>& weights, float share, std::vector<float>& gradient) {
  std::vector<float> scores;
  for (const Row& row : rows) {
    float score = 0;
    for (const auto& [node, amount] : row.nodes) score += amount * weights[static_cast<std::size_t>(node)];
    scores.push_back(score);
  }
  std::vector<float> p(scores.begin(), scores.end());
  to_probabilities(p);
  for (std::size_t i = 0; i < rows.size(); i++) {
    const float g = (p[i] - rows[i].target) * share;
    for (const auto& [node, amount] : rows[i].nodes) gradient[static_cast<std::size_t>(node)] += g * amount;
  }
}

}  // namespace

FitSample fit_sample(const Statistics& statistics, const IlluminantPrior& prior, float lux, float kelvin) {
  const ZoneColors zones = zone_colors(statistics, {});
  return {color_votes(zones, looks_of(zones)), curve_candidates(prior), lux, 1e6f / kelvin};
}

SurfacePrior fit_surface_prior(std::span<const FitSample* const> samples) {
  std::vector<std::vector<Row>> data;
  for (const FitSample* sample : samples) {
    if (!sample->candidates.empty()) data.push_back(rows_of(*sample));
  }
  const std::size_t n = kSurface + kLight;
  std::vector<float> weights(n), first(n), second(n), gradient(n);
  for (int pass = 1; pass <= kPasses; pass++) {
    std::fill(gradient.begin(), gradient.end(), 0.0f);
    for (const auto& rows : data) add_gradient(rows, weights, 1 / static_cast<float>(data.size()), gradient);
    smooth(weights, gradient);
    const float rate = 0.3f * (1 - static_cast<float>(pass) / kPasses) + 0.01f;
    for (std::size_t i = 0; i < n; i++) {
      gradient[i] += (i < kSurface ? kShrink : kShrinkLight) * weights[i];
      first[i] = 0.9f * first[i] + 0.1f * gradient[i];
      second[i] = 0.99f * second[i] + 0.01f * gradient[i] * gradient[i];
      const float m = first[i] / (1 - std::pow(0.9f, static_cast<float>(pass))),
                  v = second[i] / (1 - std::pow(0.99f, static_cast<float>(pass)));
      weights[i] -= rate * m / (std::sqrt(v) + 1e-8f);
    }
  }
  SurfacePrior out;
  std::copy_n(weights.begin(), kSurface, out.surface.begin());
  std::copy_n(weights.begin() + kSurface, kLight, out.light.begin());
  return out;
}

std::string source_of(const SurfacePrior& prior) {
  std::string out =
      "#include \"aaa/illuminants/surface_prior.h\"\n\nnamespace argent {\n\n// clang-format off\nconst SurfacePrior kSurfacePrior{\n";
  const auto table = [&](std::span<const float> values, int columns) {
    out += "  {";
    for (std::size_t i = 0; i < values.size(); i++) {
      char text[32];
      std::snprintf(text, sizeof text, "%.3ff,", static_cast<double>(values[i]));
      out += (i % static_cast<std::size_t>(columns) == 0 ? "\n    " : " ") + std::string(text);
    }
    out += "\n  },\n";
  };
  table(prior.surface, SurfacePrior::kSide);
  table(prior.light, SurfacePrior::kMireds);
  return out + "};\n// clang-format on\n\n}  // namespace argent\n";
}

}  // namespace argent
