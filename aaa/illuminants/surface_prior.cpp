#include "aaa/illuminants/surface_prior.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace argent {
namespace {

constexpr int kCandidates = 40;
constexpr float kUnknownLux[] = {30, 100, 300, 1000, 3000};

struct Position {
  int index = 0;
  float fraction = 0;
};

Position position_in(float value, float first, float step, int nodes) {
  const float x = std::clamp((value - first) / step, 0.0f, static_cast<float>(nodes - 1) - 0.001f);
  const int index = static_cast<int>(x);
  return {index, x - static_cast<float>(index)};
}

TableRead bilinear(Position a, Position b, int columns) {
  const int i = a.index * columns + b.index;
  return {{i, i + 1, i + columns, i + columns + 1},
          {(1 - a.fraction) * (1 - b.fraction), (1 - a.fraction) * b.fraction, a.fraction * (1 - b.fraction), a.fraction * b.fraction}};
}

template <std::size_t N>
float value_of(const std::array<float, N>& table, const TableRead& read) {
  float sum = 0;
  for (std::size_t i = 0; i < 4; i++) sum += read.share[i] * table[static_cast<std::size_t>(read.node[i])];
  return sum;
}

float light_score(const SurfacePrior& prior, float lux, float mired) {
  if (lux > 0) return value_of(prior.light, read_light(lux, mired));
  float sum = 0;
  for (float any : kUnknownLux) sum += value_of(prior.light, read_light(any, mired));
  return sum / static_cast<float>(std::size(kUnknownLux));
}

}  // namespace

MiredRange mired_range(const IlluminantPrior& prior) {
  float low = std::max(prior.curve.front().cct, prior.min_cct), high = std::min(prior.curve.back().cct, prior.max_cct);
  if (!(low <= high)) low = high = std::clamp((prior.min_cct + prior.max_cct) / 2, prior.curve.front().cct, prior.curve.back().cct);
  return {1e6f / high, 1e6f / low};
}

std::vector<CurveCandidate> curve_candidates(const IlluminantPrior& prior) {
  if (prior.curve.empty()) return {};
  const auto [low, high] = mired_range(prior);
  std::vector<CurveCandidate> out;
  for (int i = 0; i < kCandidates; i++) {
    const float mired = std::lerp(low, high, static_cast<float>(i) / (kCandidates - 1));
    const auto gains = gains_of_cct(prior.curve, 1e6f / mired);
    out.push_back({mired, -std::log((*gains)[0]), -std::log((*gains)[2])});
  }
  return out;
}

TableRead read_surface(float u, float v) {
  using P = SurfacePrior;
  return bilinear(position_in(u, -P::kReach, P::kStep, P::kSide), position_in(v, -P::kReach, P::kStep, P::kSide), P::kSide);
}

TableRead read_light(float lux, float mired) {
  using P = SurfacePrior;
  return bilinear(position_in(std::log10(std::max(lux, 1e-3f)), P::kLowLux, (P::kHighLux - P::kLowLux) / (P::kLuxes - 1), P::kLuxes),
                  position_in(mired, P::kLowMired, (P::kHighMired - P::kLowMired) / (P::kMireds - 1), P::kMireds), P::kMireds);
}

SurfacePrior weighted(SurfacePrior prior, const LightFusionParams& fusion) {
  for (float& x : prior.surface) x *= fusion.surfaces;
  for (float& x : prior.light) x *= fusion.lights;
  return prior;
}

void add_seen(std::span<const float> table, std::span<const ColorVote> votes, std::span<const CurveCandidate> candidates,
              std::span<float> scores) {
  // read_surface() written out, since this is where the time goes: a block's places first, in a loop that compilers make vector code of.
  constexpr float kScale = 1 / SurfacePrior::kStep, kLast = static_cast<float>(SurfacePrior::kSide - 1) - 0.001f;
  constexpr std::size_t kBlock = 32;
  for (std::size_t first = 0; first < votes.size(); first += kBlock) {
    const auto block = votes.subspan(first, std::min(kBlock, votes.size() - first));
    std::array<float, kBlock> u{}, v{}, weight{}, across{}, down{};
    std::array<int, kBlock> node{};
    for (std::size_t k = 0; k < block.size(); k++) {
      u[k] = (block[k].u + SurfacePrior::kReach) * kScale;
      v[k] = (block[k].v + SurfacePrior::kReach) * kScale;
      weight[k] = block[k].weight;
    }
    for (std::size_t c = 0; c < candidates.size(); c++) {
      const float light_u = candidates[c].u * kScale, light_v = candidates[c].v * kScale;
      for (std::size_t k = 0; k < kBlock; k++) {
        const float x = std::min(kLast, std::max(0.0f, u[k] - light_u)), y = std::min(kLast, std::max(0.0f, v[k] - light_v));
        const int i = static_cast<int>(x), j = static_cast<int>(y);
        down[k] = x - static_cast<float>(i);
        across[k] = y - static_cast<float>(j);
        node[k] = i * SurfacePrior::kSide + j;
      }
      float score = 0;
      for (std::size_t k = 0; k < block.size(); k++) {
        const float *upper = table.data() + node[k], *lower = upper + SurfacePrior::kSide;
        const float high = upper[0] + across[k] * (upper[1] - upper[0]), low = lower[0] + across[k] * (lower[1] - lower[0]);
        score += weight[k] * (high + down[k] * (low - high));
      }
      scores[c] += score;
    }
  }
}

std::vector<float> scores_of(const SurfacePrior& prior, std::span<const ColorVote> votes, std::span<const CurveCandidate> candidates,
                             float lux) {
  std::vector<float> scores(candidates.size());
  add_seen(prior.surface, votes, candidates, scores);
  add_lights(prior, candidates, lux, scores);
  return scores;
}

void add_lights(const SurfacePrior& prior, std::span<const CurveCandidate> candidates, float lux, std::span<float> scores) {
  for (std::size_t c = 0; c < candidates.size(); c++) scores[c] += light_score(prior, lux, candidates[c].mired);
}

void to_probabilities(std::span<float> scores) {
  if (scores.empty()) return;
  const float best = *std::max_element(scores.begin(), scores.end());
  for (float& x : scores) x = std::exp(x - best);
  const float sum = std::accumulate(scores.begin(), scores.end(), 0.0f);
  for (float& x : scores) x /= sum;
}

MiredBelief belief_of(std::span<const float> probabilities, std::span<const CurveCandidate> candidates) {
  MiredBelief belief;
  if (candidates.empty()) return belief;
  double mean = 0, square = 0, below = 0, before = 0;
  belief.median = candidates.back().mired;
  bool found = false;
  for (std::size_t i = 0; i < candidates.size(); i++) {
    const double p = probabilities[i], m = candidates[i].mired;
    mean += p * m;
    square += p * m * m;
    const double here = below + p / 2;  // cumulative at the candidate itself
    if (!found && here >= 0.5) {
      const double share = i == 0 ? 1 : (0.5 - before) / (here - before);
      belief.median = static_cast<float>(i == 0 ? m : std::lerp(static_cast<double>(candidates[i - 1].mired), m, share));
      found = true;
    }
    before = here;
    below += p;
  }
  belief.sigma = static_cast<float>(std::sqrt(std::max(square - mean * mean, 0.0)));
  return belief;
}

CurvePosterior posterior_of(std::span<const float> probabilities, std::span<const CurveCandidate> candidates) {
  CurvePosterior out;
  for (std::size_t i = 0; i < candidates.size(); i++, out.size++) {
    out.mired[i] = candidates[i].mired;
    out.probability[i] = probabilities[i];
  }
  return out;
}

}  // namespace argent
