#include "aaa/auto_white_balance.h"

#include <algorithm>
#include <cmath>

#include "aaa/illuminants/zone_colors.h"
#include "aaa/mixed_light.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr float kMaxLogGain = 2.772589f;             // log 16: no light asks a sensor for more
constexpr float kLeastToBegin = 1e-4f;               // evidence
constexpr float kUsefulSigma = 0.1f;                 // log units: an uncertainty of 10 % halves the confidence
constexpr float kUsualSigma = 0.06f;                 // log units; at it the filter has the time constant that it is told
constexpr float kQuickest = 0.6f, kSlowest = 1.35f;  // of that time constant: a step must be followed within 20 frames in any case

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

/// Incident light from exposure, gain, aperture and the mean green level. 0: not known. Source: ISO 2720's K = 12.5 and 18 % grey.
float guess_lux(const Statistics& statistics) {
  const Applied& applied = statistics.applied;
  const double seconds = applied.settings.exposure.count() * 1e-6;
  const auto side = [](int n) { return std::clamp(n, 0, Statistics::kMaxGrid); };
  const int zones = side(statistics.columns) * side(statistics.rows);
  double level = 0;
  for (int i = 0; i < zones; i++) level += statistics.zones[static_cast<std::size_t>(i)].mean[1] / zones;
  const double f = applied.f_number > 0 ? applied.f_number : 2;  // of small cameras, which don't say
  constexpr double kLuxPerLevel = 250 / 0.1;                     // a scene of lux = 250 n^2 / (t iso / 100) is exposed to a tenth
  const double lux = kLuxPerLevel * level * f * f / (seconds * 100 * applied.settings.analogue_gain);
  return std::isfinite(lux) && lux > 0 && lux < 1e9 ? static_cast<float>(lux) : 0;
}

const CctRange& range_of(const AwbModeRanges& ranges, AwbMode mode) {
  switch (mode) {
    case AwbMode::kIncandescent:
      return ranges.incandescent;
    case AwbMode::kTungsten:
      return ranges.tungsten;
    case AwbMode::kFluorescent:
      return ranges.fluorescent;
    case AwbMode::kIndoor:
      return ranges.indoor;
    case AwbMode::kDaylight:
      return ranges.daylight;
    case AwbMode::kCloudy:
      return ranges.cloudy;
    case AwbMode::kAuto:
    case AwbMode::kCustom:
      break;
  }
  return ranges.automatic;
}

bool is_inside(float x, float y, const std::vector<Window>& windows) {
  return std::any_of(windows.begin(), windows.end(),
                     [&](const Window& w) { return w.weight > 0 && x >= w.x && x < w.x + w.width && y >= w.y && y < w.y + w.height; });
}

/// The statistics with nothing outside the windows.
std::unique_ptr<Statistics> inside(const Statistics& statistics, const std::vector<Window>& windows) {
  auto out = std::make_unique<Statistics>(statistics);
  const int columns = out->columns, rows = out->rows;
  if (!statistics.has_grid()) return out;
  for (int row = 0; row < rows; row++) {
    for (int column = 0; column < columns; column++) {
      const float x = (static_cast<float>(column) + 0.5f) / static_cast<float>(columns);
      const float y = (static_cast<float>(row) + 0.5f) / static_cast<float>(rows);
      if (!is_inside(x, y, windows)) out->zone(column, row).count = out->zone(column, row).unclipped_count = {};
    }
  }
  return out;
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
  const std::span<const std::string_view> names = illuminant_estimator_names();
  if (std::find(names.begin(), names.end(), params_.estimator) == names.end()) make_illuminant_estimator(params_.estimator);  // throws
  for (std::string_view name : names) {
    if (params_.opinions || name == params_.estimator)
      estimators_.push_back({name, make_illuminant_estimator(name, params_.model, params_.fusion)});
  }
}

IlluminantPrior AutoWhiteBalance::prior_for(const Statistics& statistics, const Request& request) const {
  IlluminantPrior prior = params_.prior;
  prior.lux = guess_lux(statistics);
  const CctRange range = range_of(params_.modes, request.awb_mode);
  prior.min_cct = range.min;
  prior.max_cct = range.max;
  return prior;
}

/// The steady state of a Kalman-Bucy filter in the plane of log-chroma, by the frames' own time: its time constant is
/// sqrt(measurement variance / process noise), and the process noise is such that usual confidence gives damping_seconds.
void AutoWhiteBalance::follow(const Illuminant& light, Microseconds timestamp) {
  double share = 1;
  if (decided_ && params_.damping_seconds > 0 && timestamp_ && std::isfinite(timestamp.count()) && timestamp.count() > 0) {
    const double seconds = (timestamp - *timestamp_).count() * 1e-6;
    const float sigma = std::sqrt(std::max((light.covariance[0] + light.covariance[2]) / 2, 0.0f));
    const double constant = params_.damping_seconds * std::clamp(sigma / kUsualSigma, kQuickest, kSlowest);
    // A clock that runs back was started anew: nothing is known of the time between.
    if (seconds >= 0) share = 1 - std::exp(-seconds / constant);
  }
  for (std::size_t i = 0; i < 2; i++) light_[i] += static_cast<float>(share) * (light.mean[i] - light_[i]);
  for (std::size_t i = 0; i < 3; i++) covariance_[i] += static_cast<float>(share) * (light.covariance[i] - covariance_[i]);
  light_ = bounded(light_);
  decided_ = true;
  confidence_ = confidence_of({light_, covariance_, light.evidence});
  timestamp_ = std::isfinite(timestamp.count()) ? std::optional(timestamp) : std::nullopt;
}

/// Moves light_ by what the user or the frame says; the reason.
std::string_view AutoWhiteBalance::settle(const Illuminant& estimate, const Statistics& statistics, const Request& request) {
  std::optional<Vec3> manual = request.colour_gains;
  if (!manual && request.colour_temperature) manual = gains_of_cct(params_.prior.curve, *request.colour_temperature);
  const auto manual_light = manual ? light_of(*manual) : std::nullopt;
  if (manual_light) {
    light_ = *manual_light;
    covariance_ = {};
    decided_ = true;
    confidence_ = 1;
    timestamp_.reset();
    return "manual";
  }
  if (request.colour_gains) return "held: gains are not positive numbers";
  if (request.colour_temperature) return "held: no cct curve";
  if (request.awb_locked) return "locked";
  // The first frame has nothing to hold: a guess from little is better than the sensor's own green.
  const float least = decided_ ? params_.min_evidence : std::min(params_.min_evidence, kLeastToBegin);
  if (!(estimate.evidence >= least) || !(estimate.evidence > 0)) return "held: no evidence";
  follow(estimate, statistics.applied.timestamp);
  return "estimate";
}

WhiteBalanceDecision AutoWhiteBalance::update(const Statistics& whole, const Request& request) {
  const std::unique_ptr<Statistics> windowed = request.awb_windows.empty() ? nullptr : inside(whole, request.awb_windows);
  const Statistics& statistics = windowed ? *windowed : whole;
  const IlluminantPrior prior = prior_for(whole, request);
  WhiteBalanceDecision out;
  WhiteBalanceTrace& trace = out.trace;
  for (const Member& member : estimators_) {
    trace.opinions.push_back({member.name, member.estimator->estimate(statistics, prior)});
    if (member.name == params_.estimator) trace.illuminant = trace.opinions.back().illuminant;
  }
  const ZoneColors zones = zone_colors(statistics, prior);
  trace.zones_used = static_cast<int>(zones.used.size());
  trace.zones_dark = zones.dark;
  trace.zones_clipped = zones.clipped;
  trace.zones_off_curve = zones.off_curve;
  trace.reason = settle(trace.illuminant, statistics, request);
  if (decided_) {
    trace.illuminant.mean = light_;
    trace.illuminant.covariance = covariance_;
  }
  trace.confidence = trace.reason == "held: no evidence" ? 0 : confidence_;
  out.colour_gains = gains_of(light_);
  if (decided_) {
    if (const auto natural = cct_of_gains(prior.curve, out.colour_gains)) {
      out.colour_temperature = natural->cct;
      trace.duv = natural->duv;
    }
  }
  if (request.mixed_light && trace.reason == "estimate") {
    if (auto mixed = find_mixed_light(zone_colors(whole, {}), prior, light_)) {
      out.gain_map = std::move(mixed->gain_map);
      trace.lights = 2;
      const auto apart = [&](const std::array<float, 2>& l) { return std::hypot(l[0] - light_[0], l[1] - light_[1]); };
      trace.second_light = apart(mixed->first) > apart(mixed->second) ? mixed->first : mixed->second;
    }
  }
  return out;
}

}  // namespace argent
