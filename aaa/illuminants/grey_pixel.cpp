// grey_pixel: find the zones that are grey by how their light varies, not by its color, and take their robust mean.
//
// A grey surface answers light and shade with the same relative change in all channels, whatever the light's color; an edge
// between two paints does not.
//
// Domain: zone means before white balance -> color of the light in log-chroma.
// Source: Yang, Gao and Li 2015, "Efficient illuminant estimation for color constancy using grey pixels" (greyness from log
// contrast, brighter counts more); Qian et al. 2019, "On finding gray pixels" (chroma of the contrast as the measure).
// The vote per color instead of per area, the robust mean and the pull to the sensor's whites: own.
#include <algorithm>
#include <cmath>

#include "aaa/illuminants/color_votes.h"
#include "aaa/illuminants/estimators.h"

namespace argent {
namespace {

constexpr float kFirstReach = 0.6f, kLastReach = 0.15f;  // log units: of the robust mean, from all to the agreeing ones
constexpr float kCurveSigma = 0.05f;                     // log units across the curve: tint of lamps, variation between units of a sensor

struct RobustMean {
  float u = 0, v = 0;
  std::array<float, 3> scatter{};
  float zones = 0;  ///< effective number of colors
};

/// Reweighted mean with a kernel that narrows: starts at the mean of all, ends at the colors that agree.
RobustMean robust_mean(std::span<const ColorVote> votes) {
  RobustMean m;
  float reach = 1e6f;
  for (int pass = 0; pass < 30; pass++) {
    float sum = 0, squares = 0, u = 0, v = 0;
    std::array<float, 3> scatter{};
    for (const ColorVote& vote : votes) {
      const float du = vote.u - m.u, dv = vote.v - m.v;
      const float w = vote.weight * std::exp(-(du * du + dv * dv) / (2 * reach * reach));
      sum += w;
      squares += w * w;
      u += w * du;
      v += w * dv;
      scatter[0] += w * du * du;
      scatter[1] += w * du * dv;
      scatter[2] += w * dv * dv;
    }
    if (!(sum > 0) || !(squares > 0)) return m;
    m = {m.u + u / sum, m.v + v / sum, {scatter[0] / sum, scatter[1] / sum, scatter[2] / sum}, sum * sum / squares};
    reach = pass == 0 ? kFirstReach : std::max(kLastReach, reach * 0.85f);
  }
  return m;
}

/// Fuses the estimate with the knowledge that white lies on the curve: a product of Gaussians across it. Beyond an end, the
/// direction across is that to the end.
void pull_to_curve(std::span<const std::array<float, 2>> curve, Illuminant& light) {
  const CurveOffset offset = curve_offset(curve, light.mean[0], light.mean[1]);
  std::array<float, 2> n = offset.normal;
  if (n[0] == 0 && n[1] == 0) {
    if (!(offset.distance > 0)) return;
    n = {offset.to_curve[0] / offset.distance, offset.to_curve[1] / offset.distance};
  }
  auto& [uu, uv, vv] = light.covariance;
  const float cu = uu * n[0] + uv * n[1], cv = uv * n[0] + vv * n[1];  // covariance x normal
  const float across = n[0] * cu + n[1] * cv, total = across + kCurveSigma * kCurveSigma;
  const float distance = offset.to_curve[0] * n[0] + offset.to_curve[1] * n[1];
  light.mean[0] += cu / total * distance;
  light.mean[1] += cv / total * distance;
  uu -= cu * cu / total;
  uv -= cu * cv / total;
  vv -= cv * cv / total;
}

class GreyPixel final : public IlluminantEstimator {
 public:
  Illuminant estimate(const Statistics& statistics, const IlluminantPrior& prior) override {
    zone_colors(statistics, prior, zones_);
    Illuminant light;
    if (zones_.used.empty()) return light;
    const RobustMean mean = robust_mean(grey_votes());
    if (!(mean.zones > 0)) return light;
    light.mean = {mean.u, mean.v};
    light.covariance = covariance_of_mean(mean.scatter, mean.zones);
    light.evidence = evidence_of(zones_);
    pull_to_curve(zones_.curve, light);
    return light;
  }

 private:
  /// The colors of the zones that look grey, each by the root of how much of the scene has it: a large object is one color, not hundreds.
  /// What is farther from where white can lie counts less, so that no zone's entry or exit makes a jump.
  std::span<const ColorVote> grey_votes() {
    looks_of(zones_, looks_);
    cells_.clear();
    for (std::size_t i = 0; i < zones_.used.size(); i++) {
      const ZoneColor& zone = zones_.used[i];
      float weight = looks_.brightness[i] * looks_.greyness[i];
      if (!zones_.curve.empty()) {
        const float d = curve_offset(zones_.curve, zone.u, zone.v).distance / kCurveReach;
        weight *= std::max(0.0f, (1 - d * d) * (1 - d * d));
      }
      cells_.add(zone.u, zone.v, weight);
    }
    const std::span<ColorVote> votes = cells_.votes();
    for (ColorVote& vote : votes) vote.weight = std::sqrt(vote.weight);
    return votes;
  }

  ZoneColors zones_;
  ZoneLooks looks_;
  ColorCells cells_;
};

}  // namespace

std::unique_ptr<IlluminantEstimator> make_grey_pixel() { return std::make_unique<GreyPixel>(); }

}  // namespace argent
