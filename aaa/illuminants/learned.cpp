#include "aaa/illuminants/learned.h"

// learned_colors, learned_zones, fused: what networks believe of the light, alone, and multiplied with each other, with a Bayesian prior of
// surfaces and lights, and with what grey pixels say. Without a curve: grey_pixel.
//
// Domain: zone means before white balance -> color of the light in log-chroma.
// Source: light_model.h, surface_prior.h, grey_pixel.cpp; a logarithmic opinion pool (Genest and Zidek 1986, "Combining probability
// distributions", eq. 5.1; Hinton 2002 calls it a product of experts): those who see the same scene by other means err independently enough
// for their product to be sharper than any. Its exponents: own, by the folds and left-out sensors of ../shared/data/awb/pi_scenes and by
// synthetic scenes; they are flat about these.
#include <algorithm>
#include <cmath>

#include "aaa/illuminants/across_curve.h"
#include "aaa/illuminants/estimators.h"
#include "aaa/illuminants/light_experts.h"

namespace argent {
namespace {

constexpr float kSigmaFloor = 4;  // mired: the curve itself is measured no better

enum class Experts { kColors, kZones, kAll };

/// Of the lights, by their log-probabilities up to a constant.
float mean_mired(std::span<const float> scores, std::span<const CurveCandidate> candidates) {
  const float top = *std::max_element(scores.begin(), scores.end());
  float sum = 0, mean = 0;
  for (std::size_t i = 0; i < scores.size(); i++) {
    const float p = std::exp(scores[i] - top);
    sum += p;
    mean += p * candidates[i].mired;
  }
  return mean / sum;
}

/// Of a Gaussian about a light, along the candidates.
void add_grey(const Illuminant& grey, const LightFusionParams& fusion, std::span<const CurveCandidate> candidates,
              std::span<float> scores) {
  if (!(grey.evidence > 0)) return;
  for (std::size_t i = 0; i < candidates.size(); i++) {
    // A mired is about this far in log-chroma, by the neighbors.
    const CurveCandidate &a = candidates[i > 0 ? i - 1 : i], &b = candidates[i + 1 < candidates.size() ? i + 1 : i];
    const float mireds = b.mired - a.mired, length = std::hypot(b.u - a.u, b.v - a.v);
    const float speed = mireds > 0 ? length / mireds : 0;
    const float du = candidates[i].u - grey.mean[0], dv = candidates[i].v - grey.mean[1];
    const float variance = (grey.covariance[0] + grey.covariance[2]) / 2 + fusion.grey_sigma * fusion.grey_sigma * speed * speed;
    scores[i] -= fusion.grey * (du * du + dv * dv) / (2 * variance);
  }
}

class Learned final : public IlluminantEstimator {
 public:
  Learned(std::shared_ptr<const LightModel> model, Experts experts, const SurfacePrior& prior = kSurfacePrior, Gate gate = Gate::kOn,
          const LightFusionParams& fusion = {})
      : networks_(std::move(model)),
        experts_(experts),
        gate_(gate),
        fusion_(fusion),
        prior_(weighted(prior, fusion)),
        grey_(make_grey_pixel()) {}

  Illuminant estimate(const Statistics& statistics, const IlluminantPrior& prior) override {
    light_features(statistics, prior, features_);
    const std::vector<CurveCandidate>& candidates = features_.candidates;
    if (candidates.empty()) return grey_->estimate(statistics, prior);
    if (!(features_.evidence > 0)) return {};
    scores_.assign(candidates.size(), 0);
    float doubt = 0;
    if (experts_ == Experts::kColors) multiply(networks_.by_colors(features_), 1);
    if (experts_ == Experts::kZones) multiply(networks_.by_planes(features_), 1);
    if (experts_ == Experts::kAll) {
      doubt = fuse(prior);
      add_grey(grey_->estimate(statistics, prior), fusion_, candidates, scores_);
    }
    to_probabilities(scores_);
    const MiredBelief belief = belief_of(scores_, candidates);
    const float sigma = std::hypot(belief.sigma, kSigmaFloor, doubt);
    Illuminant light = light_near(candidates, {belief.median, sigma}, features_.zones, features_.looks);
    light.evidence = features_.evidence;
    light.posterior = posterior_of(scores_, candidates);
    return light;
  }

 private:
  void multiply(std::span<const float> log_probabilities, float exponent) {
    for (std::size_t i = 0; i < scores_.size(); i++) scores_[i] += exponent * log_probabilities[i];
  }

  /// The networks and the prior, into scores_. The gate: a filter over colors that it has not seen says nothing; a network over planes says
  /// something. So where the two disagree, the networks over zones count less, and the pool is less sure. Returns how much less sure than
  /// they say they should be, mired.
  float fuse(const IlluminantPrior& prior) {
    of_prior_.assign(scores_.size(), 0);
    add_seen(prior_.surface, features_.colors, features_.candidates, of_prior_);
    for (float& score : of_prior_) score *= kVotes;  // which the prior was fitted to
    add_lights(prior_, features_.candidates, prior.lux, of_prior_);
    multiply(of_prior_, fusion_.prior);
    multiply(networks_.by_colors(features_), fusion_.colors);
    const std::span<const float> by_planes = networks_.by_planes(features_);
    const float apart = mean_mired(by_planes, features_.candidates) - mean_mired(scores_, features_.candidates);
    const float square = apart * apart / (fusion_.gate_reach * fusion_.gate_reach);
    multiply(by_planes, gate_ == Gate::kOn ? fusion_.zones / (1 + square) : fusion_.zones);
    return gate_ == Gate::kOn ? fusion_.doubt * apart : 0;
  }

  LightExperts networks_;
  Experts experts_;
  Gate gate_;
  LightFusionParams fusion_;
  SurfacePrior prior_;
  std::unique_ptr<IlluminantEstimator> grey_;
  LightFeatures features_;
  std::vector<float> scores_, of_prior_;
};

}  // namespace

std::unique_ptr<IlluminantEstimator> make_learned_colors_with(std::shared_ptr<const LightModel> model) {
  return std::make_unique<Learned>(std::move(model), Experts::kColors);
}
std::unique_ptr<IlluminantEstimator> make_learned_zones_with(std::shared_ptr<const LightModel> model) {
  return std::make_unique<Learned>(std::move(model), Experts::kZones);
}
std::unique_ptr<IlluminantEstimator> make_fused_with(std::shared_ptr<const LightModel> model, const SurfacePrior& prior, Gate gate,
                                                     const LightFusionParams& fusion) {
  return std::make_unique<Learned>(std::move(model), Experts::kAll, prior, gate, fusion);
}

std::unique_ptr<IlluminantEstimator> make_learned_colors() { return make_learned_colors_with(LightModel::built_in()); }
std::unique_ptr<IlluminantEstimator> make_learned_zones() { return make_learned_zones_with(LightModel::built_in()); }
std::unique_ptr<IlluminantEstimator> make_fused() { return make_fused_with(LightModel::built_in()); }

}  // namespace argent
