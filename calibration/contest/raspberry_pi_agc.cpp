#include "calibration/contest/raspberry_pi_agc.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace argent {
namespace {

constexpr double kTargetY = 0.162, kMaxTargetY = 0.9;  // y_target at 400 lux, the lux it takes when nothing is known
constexpr double kSpeed = 0.2, kStable = 0.02, kNear = 0.2;
constexpr int kStartupFrames = 10;
constexpr double kFastReduce = 0.4;  // threshold of the target, and factor
constexpr double kMaxDigitalGain = 4;
constexpr std::size_t kRemembered = 12;  // decisions, more than any latency
constexpr double kConstraintLow = 0.98, kConstraintTarget = 0.5, kHighlightTarget = 0.8;
constexpr double kShadowHigh = 0.5, kShadowTarget = 0.17;

/// 15 x 15 weights of "centre-weighted"; the lower half mirrors the upper.
constexpr std::array<std::string_view, 8> kWeights{"001111111111100", "011111222111110", "111122222221111", "112222222222211",
                                                   "112222333222211", "112223333322211", "112233343332211", "112233444332211"};

double weight_at(const Statistics& s, int column, int row) {
  const int x = column * 15 / s.columns, y = row * 15 / s.rows;
  return kWeights[static_cast<std::size_t>(std::min(y, 14 - y))][static_cast<std::size_t>(x)] - '0';
}

/// Rec. 601 luma of the zones under a gain, each channel saturating.
double initial_y(const Statistics& s, double gain, const Vec3& gains) {
  constexpr std::array<double, 3> kRec601{0.299, 0.587, 0.114};
  double sum = 0, weights = 0;
  for (int row = 0; row < s.rows; row++) {
    for (int column = 0; column < s.columns; column++) {
      const double weight = weight_at(s, column, row);
      const auto& mean = s.zone(column, row).mean;
      for (std::size_t c = 0; c < 3; c++) sum += weight * kRec601[c] * gains[c] * std::min<double>(mean[c] * gain, 1);
      weights += weight;
    }
  }
  return weights > 0 ? sum / weights : 0;
}

double inter_quantile_mean(const Statistics& s, double low, double high) {
  double total = 0;
  for (auto n : s.luma) total += n;
  double below = 0, sum = 0, counted = 0;
  for (int bin = 0; bin < Statistics::kBins; bin++) {
    const double n = s.luma[static_cast<std::size_t>(bin)];
    const double inside = std::min(below + n, high * total) - std::max(below, low * total);
    if (inside > 0) {
      sum += inside * (bin + 0.5) / Statistics::kBins;
      counted += inside;
    }
    below += n;
  }
  return counted > 0 ? sum / counted : 0;
}

/// Not below the shortest that there is, as when a frame has no time for that either.
double longest_exposure(const AutoExposureParams& limits, const Request& request) {
  const double frame = request.max_frame_duration.count();
  const double longest = frame > 0 ? std::min<double>(limits.max_exposure_us, frame) : limits.max_exposure_us;
  return std::max<double>(longest, limits.min_exposure_us);
}

struct Stage {
  double shutter, gain;
};
constexpr std::array<Stage, 5> kNormal{{{100, 1}, {10000, 1.5}, {30000, 2}, {50000, 4}, {66666, 16}}};

}  // namespace

RaspberryPiAgc::Wanted RaspberryPiAgc::wanted(const Statistics& s, const Request& request, const Vec3& gains) const {
  const double ev = std::exp2(static_cast<double>(request.exposure_value));
  Wanted out{1, std::min(kMaxTargetY, kTargetY * ev)};
  for (int i = 0; i < 8; i++) {
    const double extra = std::min(10.0, out.target / (initial_y(s, out.gain, gains) + 0.001));
    out.gain *= extra;
    if (extra < 1.01) break;
  }
  const auto constrain = [&](double low, double high, double target, bool raises) {
    const double mean = inter_quantile_mean(s, low, high);
    const Wanted other{std::min(kMaxTargetY, target * ev) / mean, std::min(kMaxTargetY, target * ev)};
    if (mean > 0 && (raises ? other.gain > out.gain : other.gain < out.gain)) out = other;
  };
  if (request.ae_constraint_mode == AeConstraintMode::kShadows) {
    constrain(0, kShadowHigh, kShadowTarget, true);
  } else {
    constrain(kConstraintLow, 1, kConstraintTarget, true);
    if (request.ae_constraint_mode == AeConstraintMode::kHighlight) constrain(kConstraintLow, 1, kHighlightTarget, false);
  }
  return out;
}

double RaspberryPiAgc::wanted_gain(const Statistics& s, const Request& request, const Vec3& gains) const {
  return wanted(s, request, gains).gain;
}

/// At once in the first frames; later only when 2 % are missing, a fifth of the way a frame, and faster near the end of it.
void RaspberryPiAgc::filter(double target) {
  const bool startup = ++frames_ <= kStartupFrames;
  if (filtered_ == 0 || startup) {
    filtered_ = target;
    return;
  }
  const double off = std::abs(filtered_ - target);
  if (off < kStable * filtered_) return;
  const double speed = off < kNear * target ? std::sqrt(kSpeed) : kSpeed;
  filtered_ = speed * target + (1 - speed) * filtered_;
}

RaspberryPiAgc::Exposure RaspberryPiAgc::update(const Statistics& s, const Request& request, const Vec3& gains) {
  const SensorSettings& applied = s.applied.settings;
  const double current = applied.exposure.count() * static_cast<double>(applied.analogue_gain);
  const Wanted want = wanted(s, request, gains);
  const double longest = std::min(kNormal.back().shutter, longest_exposure(limits_, request));
  filter(std::min(current * want.gain, longest * std::min(kNormal.back().gain, limits_.max_analogue_gain * kMaxDigitalGain)));
  // Out of saturation, where the measured luma says too little: digital gain takes the place of exposure, so that this can fall.
  const bool leap = want.target > kFastReduce && want.gain < std::sqrt(want.target);
  Exposure out;
  out.sensor = divide(leap ? filtered_ * kFastReduce : filtered_, applied, request);
  out.digital_gain = static_cast<float>(digital_gain_of(current));
  const double asked = out.sensor.exposure.count() * static_cast<double>(out.sensor.analogue_gain);
  filtered_ = std::min(filtered_, asked * kMaxDigitalGain);
  if (decisions_.size() == kRemembered) decisions_.erase(decisions_.begin());
  decisions_.push_back({filtered_, asked});
  return out;
}

/// Of the decision that this frame shows: the latest one nearest to its exposure.
double RaspberryPiAgc::digital_gain_of(double applied_total) const {
  const auto off = [&](const Decided& d) { return std::abs(std::log(d.sensor / applied_total)); };
  const auto shown =
      std::min_element(decisions_.rbegin(), decisions_.rend(), [&](const Decided& a, const Decided& b) { return off(a) < off(b); });
  return shown == decisions_.rend() ? 1 : std::clamp(shown->total / applied_total, 1.0, kMaxDigitalGain);
}

SensorSettings RaspberryPiAgc::divide(double total, const SensorSettings& applied, const Request& request) const {
  const double longest = longest_exposure(limits_, request);
  const auto limited = [&](double shutter) { return std::clamp<double>(shutter, limits_.min_exposure_us, longest); };
  double time = limited(kNormal[0].shutter), gain = kNormal[0].gain;
  for (std::size_t i = 1; i < kNormal.size() && time * gain < total; i++) {
    time = std::min(limited(kNormal[i].shutter), total / gain);
    gain = std::min(kNormal[i].gain, total / time);
  }
  if (request.ae_flicker_mode == AeFlickerMode::kManual && request.ae_flicker_period.count() > 0) {
    const double period = request.ae_flicker_period.count(), periods = std::floor(time / period);
    if (periods >= 1) {
      gain *= time / (periods * period);
      time = periods * period;
    }
  }
  SensorSettings out = applied;
  out.exposure = Microseconds(time);
  out.analogue_gain = static_cast<float>(std::min<double>(gain, limits_.max_analogue_gain));
  return out;
}

}  // namespace argent
