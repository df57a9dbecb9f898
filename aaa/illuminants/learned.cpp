#include "aaa/illuminants/learned.h"

// learned_colors, learned_zones, fused: what networks believe of the light, alone, and multiplied with each other and with what grey pixels
// say. Without a curve: grey_pixel.
//
// Domain: zone means before white balance -> color of the light in log-chroma.
// Source: light_model.h; products of experts (Hinton 2002): two that see the same scene by other means err independently enough for their
// product to be sharper than either. The weights of the product: own, by the folds of ../shared/data/awb/pi_scenes.
#include <cmath>

#include "aaa/illuminants/across_curve.h"
#include "aaa/illuminants/estimators.h"

namespace argent {
namespace {

constexpr float kSigmaFloor = 4;     // mired: the curve itself is measured no better
constexpr float kGreyWeight = 0.2f;  // of the grey pixels' evidence; more costs where the networks know the sensor, less where they don't
constexpr float kGreySigma = 40;     // mired, beside what grey_pixel claims

enum class Experts { kColors, kZones, kAll };

/// Of a Gaussian about a light, along the candidates.
void add_grey(const Illuminant& grey, std::span<const CurveCandidate> candidates, std::vector<float>& scores) {
  if (!(grey.evidence > 0)) return;
  for (std::size_t i = 0; i < candidates.size(); i++) {
    // A mired is about this far in log-chroma, by the neighbors.
    const CurveCandidate &a = candidates[i > 0 ? i - 1 : i], &b = candidates[i + 1 < candidates.size() ? i + 1 : i];
    const float mireds = b.mired - a.mired, length = std::hypot(b.u - a.u, b.v - a.v);
    const float speed = mireds > 0 ? length / mireds : 0;
    const float du = candidates[i].u - grey.mean[0], dv = candidates[i].v - grey.mean[1];
    const float variance = (grey.covariance[0] + grey.covariance[2]) / 2 + kGreySigma * kGreySigma * speed * speed;
    scores[i] -= kGreyWeight * (du * du + dv * dv) / (2 * variance);
  }
}

class Learned final : public IlluminantEstimator {
 public:
  Learned(std::shared_ptr<const LightModel> model, Experts experts)
      : model_(std::move(model)), experts_(experts), grey_(make_grey_pixel()) {}

  Illuminant estimate(const Statistics& statistics, const IlluminantPrior& prior) const override {
    const LightFeatures features = light_features(statistics, prior);
    if (features.candidates.empty()) return grey_->estimate(statistics, prior);
    if (!(features.evidence > 0)) return {};
    std::vector<float> scores(features.candidates.size());
    const auto multiply = [&](const std::vector<float>& by) {
      for (std::size_t i = 0; i < scores.size(); i++) scores[i] += by[i];
    };
    if (experts_ != Experts::kZones) multiply(model_->by_colors(features));
    if (experts_ != Experts::kColors) multiply(model_->by_planes(features));
    if (experts_ == Experts::kAll) add_grey(grey_->estimate(statistics, prior), features.candidates, scores);
    const MiredBelief belief = belief_of(probabilities_of(scores), features.candidates);
    Illuminant light =
        light_near(features.candidates, {belief.median, std::hypot(belief.sigma, kSigmaFloor)}, features.zones, features.looks);
    light.evidence = features.evidence;
    return light;
  }

 private:
  std::shared_ptr<const LightModel> model_;
  Experts experts_;
  std::unique_ptr<IlluminantEstimator> grey_;
};

}  // namespace

std::unique_ptr<IlluminantEstimator> make_learned_colors_with(std::shared_ptr<const LightModel> model) {
  return std::make_unique<Learned>(std::move(model), Experts::kColors);
}
std::unique_ptr<IlluminantEstimator> make_learned_zones_with(std::shared_ptr<const LightModel> model) {
  return std::make_unique<Learned>(std::move(model), Experts::kZones);
}
std::unique_ptr<IlluminantEstimator> make_fused_with(std::shared_ptr<const LightModel> model) {
  return std::make_unique<Learned>(std::move(model), Experts::kAll);
}

}  // namespace argent
