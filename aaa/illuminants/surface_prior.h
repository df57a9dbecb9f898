// aaa/illuminants/surface_prior.h - private: what colors surfaces have, and what light goes with what strength of light.
//
// A log-linear model of where on the sensor's curve the light lies: score(light) = sum over the scene's colors of
// vote x surface[color seen from that light] + light[lux, mired]. Own; the idea of a learned map over log-chroma seen from each
// candidate light is Barron 2015, "Convolutional color constancy"; of surfaces as a prior, Brainard and Freeman 1997.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "aaa/illuminants/color_votes.h"
#include "aaa/light_fusion_params.h"

namespace argent {

/// Tables are linear between their nodes. Surface: (log R/G, log B/G) of a surface minus that of the light. Light: log10 lux, mired.
struct SurfacePrior {
  static constexpr int kSide = 19, kLuxes = 7, kMireds = 8;
  static constexpr float kStep = 0.1f, kReach = 0.9f;      // log units
  static constexpr float kLowLux = 0.5f, kHighLux = 4.2f;  // log10
  static constexpr float kLowMired = 130, kHighMired = 358;
  std::array<float, kSide * kSide> surface{};
  std::array<float, kLuxes * kMireds> light{};
};

/// Fitted by `argent evaluate awb --write-prior` on all 478 images of ../shared/data/awb/pi_scenes/pisp.
extern const SurfacePrior kSurfacePrior;

/// With the tables' logarithms multiplied by their exponents.
SurfacePrior weighted(SurfacePrior prior, const LightFusionParams& fusion);

struct CurveCandidate {
  float mired = 0, u = 0, v = 0;
};

/// Where the prior lets a light lie on its curve, which is not empty; a range beyond the curve's end is that end.
struct MiredRange {
  float low = 0, high = 0;
};
MiredRange mired_range(const IlluminantPrior& prior);

/// Points of the prior's curve by rising mired, in its search range; empty without a curve.
std::vector<CurveCandidate> curve_candidates(const IlluminantPrior& prior);

/// Where a table is read: up to four nodes with their shares.
struct TableRead {
  std::array<int, 4> node{};
  std::array<float, 4> share{};
};
TableRead read_surface(float u, float v);
TableRead read_light(float lux, float mired);

/// Adds to the score of each candidate what a table of surfaces says of the colors seen from it: the sum of vote x table.
void add_seen(std::span<const float> table, std::span<const ColorVote> votes, std::span<const CurveCandidate> candidates,
              std::span<float> scores);

/// Adds what a prior says of lights in light of some strength. Lux 0: not known, the mean over usual strengths.
void add_lights(const SurfacePrior& prior, std::span<const CurveCandidate> candidates, float lux, std::span<float> scores);

/// Log-score of each candidate, by both.
std::vector<float> scores_of(const SurfacePrior& prior, std::span<const ColorVote> votes, std::span<const CurveCandidate> candidates,
                             float lux);

/// Scores become probabilities that add up to 1.
void to_probabilities(std::span<float> scores);

/// Median and standard deviation in mired of probabilities over candidates.
struct MiredBelief {
  float median = 0, sigma = 0;
};
MiredBelief belief_of(std::span<const float> probabilities, std::span<const CurveCandidate> candidates);

/// Of at most CurvePosterior::kMost candidates.
CurvePosterior posterior_of(std::span<const float> probabilities, std::span<const CurveCandidate> candidates);

}  // namespace argent
