#include "aaa/illuminants/bayes.h"

// bayes: a posterior over the sensor's cct curve from surface colors, grey-pixel statistics and the strength of the light; then off
// the curve, as far as the zones that look white agree on it. Without a curve: grey_pixel.
//
// Domain: zone means before white balance -> color of the light in log-chroma.
// Source: surface_prior.h for the search along the curve; the search across it and its fusion: own.
#include <algorithm>
#include <cmath>

#include "aaa/illuminants/across_curve.h"
#include "aaa/illuminants/estimators.h"
#include "aaa/illuminants/greyness.h"

namespace argent {
namespace {

constexpr float kSigmaScale = 0.88f;  // predicted over seen error in cross-validation: the fit's targets are wider than its errors
constexpr float kSigmaFloor = 4;      // mired: the curve itself is measured no better

class Bayes final : public IlluminantEstimator {
 public:
  Bayes(const SurfacePrior& surfaces, const LightFusionParams& fusion)
      : surfaces_(weighted(surfaces, fusion)), without_curve_(make_grey_pixel()) {}

  Illuminant estimate(const Statistics& statistics, const IlluminantPrior& prior) override {
    if (prior.curve.size() < 2) return without_curve_->estimate(statistics, prior);
    const ZoneColors zones = zone_colors(statistics, {});
    const std::vector<CurveCandidate> curve = curve_candidates(prior);
    Illuminant light;
    if (zones.used.empty()) return light;
    const ZoneLooks looks = looks_of(zones);
    std::vector<float> scores = scores_of(surfaces_, color_votes(zones, looks), curve, prior.lux);
    to_probabilities(scores);
    const MiredBelief belief = belief_of(scores, curve);
    const float sigma = std::hypot(kSigmaScale * belief.sigma, kSigmaFloor);
    light = light_near(curve, {belief.median, sigma}, zones, looks);
    light.evidence = evidence_of(zones);
    light.posterior = posterior_of(scores, curve);
    return light;
  }

 private:
  SurfacePrior surfaces_;
  std::unique_ptr<IlluminantEstimator> without_curve_;
};

}  // namespace

std::unique_ptr<IlluminantEstimator> make_bayes_with(const SurfacePrior& surfaces, const LightFusionParams& fusion) {
  return std::make_unique<Bayes>(surfaces, fusion);
}
std::unique_ptr<IlluminantEstimator> make_bayes() { return make_bayes_with(kSurfacePrior); }

}  // namespace argent
