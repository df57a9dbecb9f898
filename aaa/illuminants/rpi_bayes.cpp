// rpi_bayes: Raspberry Pi's search along the cct curve, as the anchor to compare with.
//
// Domain: zone means before white balance -> color of the light in log-chroma.
// Source: re-implemented from ../shared/anchors/libcamera_3a.md 3.4 (a description, not the code).
#include <algorithm>
#include <cmath>

#include "aaa/illuminants/estimators.h"
#include "aaa/illuminants/zone_colors.h"

namespace argent {
namespace {

constexpr float kDeltaLimit = 0.2f, kCoarseStep = 0.2f, kMinRegions = 10, kUnknownLux = 400;
constexpr float kSigma = 0.1f;  // log units; the original has no uncertainty

float at(const LuxPrior& prior, float cct) {
  if (prior.points.empty()) return 0;
  const auto above = std::find_if(prior.points.begin(), prior.points.end(), [&](const LuxPrior::Point& p) { return p.cct >= cct; });
  if (above == prior.points.begin()) return prior.points.front().log_probability;
  if (above == prior.points.end()) return prior.points.back().log_probability;
  const LuxPrior::Point& below = *(above - 1);
  return std::lerp(below.log_probability, above->log_probability, (cct - below.cct) / (above->cct - below.cct));
}

float log_prior(const IlluminantPrior& prior, float cct) {
  const std::vector<LuxPrior>& priors = prior.lux_priors;
  if (priors.empty()) return 0;
  const float lux = prior.lux > 0 ? prior.lux : kUnknownLux;
  const auto above = std::find_if(priors.begin(), priors.end(), [&](const LuxPrior& p) { return p.lux >= lux; });
  if (above == priors.begin()) return at(priors.front(), cct);
  if (above == priors.end()) return at(priors.back(), cct);
  const LuxPrior& below = *(above - 1);
  return std::lerp(at(below, cct), at(*above, cct), (lux - below.lux) / (above->lux - below.lux));
}

/// R/G and B/G of white; linear in kelvin, as in the original.
std::array<float, 2> white_at(const std::vector<CctPoint>& curve, float cct) {
  const auto above = std::find_if(curve.begin(), curve.end(), [&](const CctPoint& p) { return p.cct >= cct; });
  if (above == curve.begin()) return {curve.front().red, curve.front().blue};
  if (above == curve.end()) return {curve.back().red, curve.back().blue};
  const CctPoint& below = *(above - 1);
  const float t = (cct - below.cct) / (above->cct - below.cct);
  return {std::lerp(below.red, above->red, t), std::lerp(below.blue, above->blue, t)};
}

struct Ratio {
  float red = 0, blue = 0;
};

float distance(const std::vector<Ratio>& zones, std::array<float, 2> white) {
  float sum = 0;
  for (const Ratio& zone : zones) {
    const float r = zone.red / white[0] - 1, b = zone.blue / white[1] - 1;
    sum += std::min(r * r + b * b, kDeltaLimit);
  }
  return sum;
}

/// Lowest point of the parabola through three points with equal or unequal steps; the middle one when it is no minimum.
float refined(std::array<float, 3> x, std::array<float, 3> y) {
  const float a = (y[2] - y[1]) / (x[2] - x[1]), b = (y[1] - y[0]) / (x[1] - x[0]);
  const float curvature = (a - b) / (x[2] - x[0]);
  if (!(curvature > 0)) return x[1];
  return std::clamp((x[0] + x[1]) / 2 - b / (2 * curvature), x[0], x[2]);
}

/// Mean of the middle half of the values.
float middle(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  const std::size_t quarter = values.size() / 4;
  double sum = 0;
  for (std::size_t i = quarter; i < values.size() - quarter; i++) sum += values[i];
  return static_cast<float>(sum / static_cast<double>(values.size() - 2 * quarter));
}

std::array<float, 2> grey_fallback(const std::vector<Ratio>& zones) {
  std::vector<float> red, blue;
  for (const Ratio& zone : zones) {
    red.push_back(zone.red);
    blue.push_back(zone.blue);
  }
  return {middle(red), middle(blue)};
}

std::array<float, 2> search(const std::vector<Ratio>& zones, const IlluminantPrior& prior, float prior_scale) {
  const float low = std::max(prior.curve.front().cct, prior.min_cct), high = std::min(prior.curve.back().cct, prior.max_cct);
  std::vector<float> ccts, costs;
  for (float cct = low;; cct = std::min(cct + cct / 10 * kCoarseStep, high)) {
    ccts.push_back(cct);
    costs.push_back(distance(zones, white_at(prior.curve, cct)) - prior_scale * log_prior(prior, cct));
    if (!(cct < high)) break;
  }
  const std::size_t best = static_cast<std::size_t>(std::min_element(costs.begin(), costs.end()) - costs.begin());
  float cct = ccts[best];
  if (best > 0 && best + 1 < ccts.size() && ccts[best + 1] > ccts[best]) {
    cct = refined({ccts[best - 1], ccts[best], ccts[best + 1]}, {costs[best - 1], costs[best], costs[best + 1]});
  }
  // Fine: a few steps along, and across from -negative to +positive.
  const float step = cct / 10 * kCoarseStep * 0.1f;
  const int samples = std::clamp(static_cast<int>((prior.transverse_positive + prior.transverse_negative) * 100 + 0.5f) + 1, 3, 12);
  std::array<float, 2> found = white_at(prior.curve, cct);
  float lowest = INFINITY;
  for (int i = -8; i <= 8; i++) {
    const float t = std::clamp(cct + step * static_cast<float>(i), low, high);
    const auto white = white_at(prior.curve, t), ahead = white_at(prior.curve, t + 50), behind = white_at(prior.curve, t - 50);
    std::array<float, 2> normal{ahead[1] - behind[1], behind[0] - ahead[0]};
    const float length = std::hypot(normal[0], normal[1]);
    if (!(length > 0)) continue;
    for (int k = 0; k < samples; k++) {
      const float d =
          std::lerp(-prior.transverse_negative, prior.transverse_positive, static_cast<float>(k) / static_cast<float>(samples - 1));
      const std::array<float, 2> there{white[0] + d * normal[0] / length, white[1] + d * normal[1] / length};
      if (!(there[0] > 0 && there[1] > 0)) continue;
      const float cost = distance(zones, there) - prior_scale * log_prior(prior, t);
      if (cost < lowest) {
        lowest = cost;
        found = there;
      }
    }
  }
  return found;
}

class RpiBayes final : public IlluminantEstimator {
 public:
  Illuminant estimate(const Statistics& statistics, const IlluminantPrior& prior) const override {
    const ZoneColors zones = zone_colors(statistics, {});
    if (zones.used.empty()) return {};
    std::vector<Ratio> ratios;
    for (const ZoneColor& zone : zones.used) ratios.push_back({zone.rgb[0] / zone.rgb[1], zone.rgb[2] / zone.rgb[1]});
    const bool grey = prior.curve.size() < 2 || static_cast<float>(ratios.size()) < kMinRegions;
    const float share = static_cast<float>(ratios.size()) / static_cast<float>(zones.total());
    const auto white = grey ? grey_fallback(ratios) : search(ratios, prior, share);
    Illuminant light = illuminant_of(zones, {white[0], 1, white[1]});
    light.covariance = {kSigma * kSigma, 0, kSigma * kSigma};
    return light;
  }
};

}  // namespace

std::unique_ptr<IlluminantEstimator> make_rpi_bayes() { return std::make_unique<RpiBayes>(); }

}  // namespace argent
