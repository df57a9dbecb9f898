#include "aaa/scene_watch.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr float kSteady = 0.06f;  // log units from frame to frame, beyond the noise

float log_ratio(float a, float b) {
  constexpr float kNothing = 1e-20f;
  return std::abs(std::log(std::max(a, kNothing) / std::max(b, kNothing)));
}

}  // namespace

float SceneWatch::difference(const FocusMeasure& a, const FocusMeasure& b) const {
  float out = log_ratio(a.contrast(), b.contrast());
  for (std::size_t i = 0; i < 3; i++) out = std::max(out, log_ratio(a.brightness[i], b.brightness[i]));
  return out;
}

bool SceneWatch::update(const FocusMeasure& measure, const FocusNoise& noise) {
  if (!measure.valid) return false;
  if (!known_) {
    reference_ = last_ = measure;
    known_ = true;
    changed_ = false;
    steady_ = 0;
    return false;
  }
  const float step = difference(measure, last_);
  steady_ = step < kSteady + 4 * noise.relative(last_.contrast()) ? steady_ + 1 : 0;
  last_ = measure;
  // The same scene would show the contrast of before with the noise of before, whatever little is there now.
  changed_ = difference(measure, reference_) > std::log(ratio_) + 4 * noise.relative(reference_.contrast());
  return changed_ && steady_ >= delay_;
}

}  // namespace argent
