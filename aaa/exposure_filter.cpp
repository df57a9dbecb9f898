#include "aaa/exposure_filter.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr double kNear = 0.15;                          // EV
constexpr double kMinNoise = 0.003, kMaxNoise = 0.045;  // EV: 0.2 % and 3 %
constexpr double kNoiseMemory = 16, kBiasMemory = 4;    // frames
constexpr double kMaxMemory = 1;                        // seconds of averaging, however few frames that are
constexpr int kContradictions = 4;                      // frames
constexpr double kUsualFrame = 1.0 / 30;                // seconds

bool is_near(const SceneSample& sample) { return std::abs(sample.change) < kNear; }

}  // namespace

void ExposureFilter::restart(double wanted) {
  jump(wanted);
  smooth_ = wanted;
  last_ = wanted;
  far_ = true;
}

void ExposureFilter::jump(double wanted) {
  state_ = wanted;
  count_ = 1;
  bias_ = 0;
}

/// A frame far off is not taken at its word. But some in a row, of which each wants what is believed to be wrong: on its other side, or no
/// change at all. (Mains flicker that nobody has found yet changes sides within three frames.)
bool ExposureFilter::contradicted(const SceneSample& sample, double believed) {
  const double change = believed - (sample.wanted - sample.change);
  const bool now = sample.change > 0 ? change < kNear : change > -kNear;
  const int side = sample.change > 0 ? 1 : -1;
  contradictions_ = !now ? 0 : contradictions_ * side > 0 ? contradictions_ + side : side;
  return std::abs(contradictions_) >= kContradictions;
}

/// The sample with what is small and not the light's doing averaged out.
double ExposureFilter::compose(const SceneSample& sample) {
  if (!sample.light) {
    recompose();
    return sample.wanted;
  }
  const double composition = sample.wanted + *sample.light;
  if (composition_ && !is_near(sample)) {
    const double believed = *composition_ - *sample.light;
    if (!contradicted(sample, believed)) return believed;
  }
  contradictions_ = 0;
  if (!composition_ || far_ || std::abs(composition - *composition_) > params_.composition) {
    composition_ = composition;
    composition_age_ = 0;
  } else {
    // The first second is a mean of all, then the memory grows.
    const double seconds = sample.seconds > 0 ? sample.seconds : kUsualFrame;
    composition_age_ += seconds;
    const double longest = std::max<double>(seconds, params_.composition_seconds);
    *composition_ += (composition - *composition_) * -std::expm1(-seconds / std::clamp(composition_age_, seconds, longest));
  }
  return *composition_ - *sample.light;
}

void ExposureFilter::follow(const SceneSample& sample) {
  const double innovation = sample.wanted - *state_;
  if (is_near(sample)) {
    // The mean absolute difference of two normal numbers is 1.128 standard deviations. A step is no noise: it counts little.
    const double difference = std::min(std::abs(sample.wanted - last_), 4 * noise_) / 1.128;
    noise_ = std::clamp(noise_ + (difference - noise_) / kNoiseMemory, kMinNoise, kMaxNoise);
  }
  bias_ += (innovation - bias_) / kBiasMemory;
  const double surprise = std::max(std::abs(innovation) / (params_.step * noise_), std::abs(bias_) / (params_.drift * noise_));
  const double steered = std::clamp(2 * surprise - 1, 0.0, 1.0);
  if (steered >= 1) return jump(sample.wanted);
  const double frames = sample.seconds > 0 ? std::clamp(kMaxMemory / sample.seconds, 1.0, frames_) : frames_;
  count_ = std::min(count_ + 1, frames);
  const double gain = std::max(1 / count_, steered);
  *state_ += gain * innovation;
  bias_ *= 1 - gain;
}

double ExposureFilter::update(const SceneSample& seen) {
  SceneSample sample = seen;
  sample.wanted = compose(seen);
  const bool near = is_near(sample);
  if (!state_ || (near && far_)) {
    jump(sample.wanted);
    far_ = !near;
  } else {
    follow(sample);
    if (count_ == 1) far_ = !near;
  }
  last_ = sample.wanted;
  const double share = smoothing_ > 0 && smooth_ ? -std::expm1(-std::max(sample.seconds, 0.0) / smoothing_) : 1;
  smooth_ = smooth_.value_or(*state_) + share * (*state_ - smooth_.value_or(*state_));
  return *smooth_;
}

}  // namespace argent
