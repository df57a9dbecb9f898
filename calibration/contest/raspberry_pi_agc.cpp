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
constexpr double kFastReduceY = 0.4, kFastReduce = 0.4;
constexpr double kMaxDigitalGain = 4;
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

double longest_exposure(const AutoExposureParams& limits, const Request& request) {
  const double frame = request.max_frame_duration.count();
  return frame > 0 ? std::min<double>(limits.max_exposure_us, frame) : limits.max_exposure_us;
}

struct Stage {
  double shutter, gain;
};
constexpr std::array<Stage, 5> kNormal{{{100, 1}, {10000, 1.5}, {30000, 2}, {60000, 4}, {66666, 8}}};

}  // namespace

double RaspberryPiAgc::wanted_gain(const Statistics& s, const Request& request, const Vec3& gains) const {
  const double target = std::min(kMaxTargetY, kTargetY * std::exp2(static_cast<double>(request.exposure_value)));
  double gain = 1;
  for (int i = 0; i < 8; i++) {
    const double extra = std::min(10.0, target / (initial_y(s, gain, gains) + 0.001));
    gain *= extra;
    if (extra < 1.01) break;
  }
  const double bright = inter_quantile_mean(s, kConstraintLow, 1);
  if (bright > 0 && request.ae_constraint_mode != AeConstraintMode::kShadows) gain = std::max(gain, kConstraintTarget / bright);
  if (bright > 0 && request.ae_constraint_mode == AeConstraintMode::kHighlight) gain = std::min(gain, kHighlightTarget / bright);
  const double dark = inter_quantile_mean(s, 0, kShadowHigh);
  if (dark > 0 && request.ae_constraint_mode == AeConstraintMode::kShadows) gain = std::max(gain, kShadowTarget / dark);
  return gain;
}

RaspberryPiAgc::Exposure RaspberryPiAgc::update(const Statistics& s, const Request& request, const Vec3& gains) {
  const SensorSettings& applied = s.applied.settings;
  const double current = applied.exposure.count() * static_cast<double>(applied.analogue_gain);
  const double gain = wanted_gain(s, request, gains);
  const double longest = std::min(kNormal.back().shutter, longest_exposure(limits_, request));
  const double target =
      std::min(current * gain, longest * std::min<double>(kNormal.back().gain, limits_.max_analogue_gain) * kMaxDigitalGain);
  double speed = kSpeed;
  if (frames_++ < kStartupFrames) speed = 1;
  if (filtered_ == 0) {
    filtered_ = target;
  } else if (std::abs(filtered_ - target) > kStable * target) {
    if (std::abs(filtered_ - target) < kNear * target) speed = std::sqrt(speed);
    filtered_ = speed * target + (1 - speed) * filtered_;
  }
  // Out of saturation: for a frame a big digital gain takes the place of exposure, so that this can fall.
  double without_digital = filtered_;
  if (kTargetY > kFastReduceY && gain < std::sqrt(kTargetY)) without_digital *= kFastReduce;
  Exposure out = divide(without_digital, applied, request);
  const double reached = out.sensor.exposure.count() * static_cast<double>(out.sensor.analogue_gain);
  out.digital_gain = static_cast<float>(std::clamp(filtered_ / reached, 1.0, kMaxDigitalGain));
  return out;
}

RaspberryPiAgc::Exposure RaspberryPiAgc::divide(double total, const SensorSettings& applied, const Request& request) const {
  Exposure out;
  out.sensor = applied;
  const double longest = longest_exposure(limits_, request);
  double time = kNormal[0].shutter, gain = kNormal[0].gain;
  for (std::size_t i = 1; i < kNormal.size() && time * gain < total; i++) {
    time = std::min({kNormal[i].shutter, longest, std::max(total / gain, time)});
    if (time * gain >= total) break;
    gain = std::min({kNormal[i].gain, static_cast<double>(limits_.max_analogue_gain), std::max(total / time, gain)});
  }
  if (total < kNormal[0].shutter) time = total;
  if (request.ae_flicker_mode == AeFlickerMode::kManual && request.ae_flicker_period.count() > 0) {
    const double period = request.ae_flicker_period.count(), periods = std::floor(time / period);
    if (periods >= 1) {
      gain = std::min<double>(gain * time / (periods * period), limits_.max_analogue_gain);
      time = periods * period;
    }
  }
  out.sensor.exposure = Microseconds(std::max<double>(time, limits_.min_exposure_us));
  out.sensor.analogue_gain = static_cast<float>(gain);
  return out;
}

}  // namespace argent
