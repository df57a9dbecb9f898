#include "aaa/auto_white_balance.h"

#include <algorithm>
#include <cmath>

#include "aaa/illuminants/zone_colors.h"
#include "isp/error.h"

namespace argent {
namespace {

constexpr float kMaxLogGain = 2.772589f;  // log 16: no light asks a sensor for more
constexpr float kUsefulSigma = 0.1f;      // log units: an uncertainty of 10 % halves the confidence

std::array<float, 2> bounded(std::array<float, 2> light) {
  return {std::clamp(light[0], -kMaxLogGain, kMaxLogGain), std::clamp(light[1], -kMaxLogGain, kMaxLogGain)};
}

Vec3 gains_of(const std::array<float, 2>& light) { return {std::exp(-light[0]), 1, std::exp(-light[1])}; }

/// nullopt when a gain is no positive number.
std::optional<std::array<float, 2>> light_of(const Vec3& gains) {
  for (float gain : gains) {
    if (!std::isfinite(gain) || !(gain > 0)) return std::nullopt;
  }
  return bounded({std::log(gains[1] / gains[0]), std::log(gains[1] / gains[2])});
}

float confidence_of(const Illuminant& light) {
  const float variance = (light.covariance[0] + light.covariance[2]) / 2;
  return std::clamp(light.evidence / (1 + variance / (kUsefulSigma * kUsefulSigma)), 0.0f, 1.0f);
}

void check_curve(const std::vector<CctPoint>& curve) {
  float before = 0;
  for (const CctPoint& p : curve) {
    const auto positive = [](float v) { return std::isfinite(v) && v > 0; };
    if (!positive(p.cct) || !positive(p.red) || !positive(p.blue)) {
      throw Error("white_balance.prior.curve has a point (" + std::to_string(p.cct) + ", " + std::to_string(p.red) + ", " +
                  std::to_string(p.blue) + "), expected positive numbers");
    }
    if (!(p.cct > before)) {
      throw Error("white_balance.prior.curve has " + std::to_string(p.cct) + " K after " + std::to_string(before) +
                  " K, expected rising temperatures");
    }
    before = p.cct;
  }
}

}  // namespace

AutoWhiteBalance::AutoWhiteBalance(const AutoWhiteBalanceParams& params) : params_(params) {
  check_curve(params_.prior.curve);
  make_illuminant_estimator(params_.estimator);  // throws when there is none of that name
  for (std::string_view name : illuminant_estimator_names()) estimators_.push_back({name, make_illuminant_estimator(name)});
}

/// First-order low pass in the plane of log-chroma, by the frames' own time.
void AutoWhiteBalance::follow(const Illuminant& light, Microseconds timestamp) {
  double share = 1;
  if (decided_ && params_.damping_seconds > 0 && timestamp_ && std::isfinite(timestamp.count()) && timestamp.count() > 0) {
    const double seconds = (timestamp - *timestamp_).count() * 1e-6;
    // A clock that runs back was started anew: nothing is known of the time between.
    if (seconds >= 0) share = 1 - std::exp(-seconds / params_.damping_seconds);
  }
  for (int i = 0; i < 2; i++) light_[i] += static_cast<float>(share) * (light.mean[i] - light_[i]);
  light_ = bounded(light_);
  decided_ = true;
  confidence_ = confidence_of(light);
  timestamp_ = std::isfinite(timestamp.count()) ? std::optional(timestamp) : std::nullopt;
}

WhiteBalanceDecision AutoWhiteBalance::update(const Statistics& statistics, const Request& request) {
  WhiteBalanceDecision out;
  WhiteBalanceTrace& trace = out.trace;
  for (const Member& member : estimators_) {
    trace.opinions.push_back({member.name, member.estimator->estimate(statistics, params_.prior)});
    if (member.name == params_.estimator) trace.illuminant = trace.opinions.back().illuminant;
  }
  const ZoneColors zones = zone_colors(statistics, params_.prior);
  trace.zones_used = static_cast<int>(zones.used.size());
  trace.zones_dark = zones.dark;
  trace.zones_clipped = zones.clipped;
  trace.zones_off_curve = zones.off_curve;

  const std::span<const CctPoint> curve = params_.prior.curve;
  std::optional<Vec3> manual = request.colour_gains;
  if (!manual && request.colour_temperature) manual = gains_of_cct(curve, *request.colour_temperature);
  const auto manual_light = manual ? light_of(*manual) : std::nullopt;
  if (manual_light) {
    light_ = *manual_light;
    decided_ = true;
    confidence_ = 1;
    timestamp_.reset();
    trace.reason = "manual";
  } else if (request.colour_gains) {
    trace.reason = "held: gains are not positive numbers";
  } else if (request.colour_temperature) {
    trace.reason = "held: no cct curve";
  } else if (request.awb_locked) {
    trace.reason = "locked";
  } else if (!(trace.illuminant.evidence >= params_.min_evidence) || !(trace.illuminant.evidence > 0)) {
    trace.reason = "held: no evidence";
  } else {
    follow(trace.illuminant, statistics.applied.timestamp);
    trace.reason = "estimate";
  }

  trace.confidence = trace.reason == "held: no evidence" ? 0 : confidence_;
  out.colour_gains = gains_of(light_);
  if (decided_) {
    if (const auto natural = cct_of_gains(curve, out.colour_gains)) {
      out.colour_temperature = natural->cct;
      trace.duv = natural->duv;
    }
  }
  return out;
}

}  // namespace argent
