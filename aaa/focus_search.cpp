#include "aaa/focus_search.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr float kBackground = 0.9f;  // share of the background that is taken away: noise must not make all of it a peak
constexpr float kMaxScore = 1e15f;   // its square must be a number too
constexpr float kFloor = 1e-3f;      // of the highest: what a score can't tell from nothing
constexpr float kWorthwhile = 0.1f;  // of the highest: below it an interval isn't looked into

}  // namespace

FocusSearch::FocusSearch(const FocusPlan& plan) : plan_(plan) {
  plan_.coarse = std::max(plan.coarse, 1);
  plan_.max = std::max(plan.max, plan.min);
  plan_.step = std::max(plan.step, (plan_.max - plan_.min) * 1e-4f + 1e-6f);
}

void FocusSearch::add(const FocusSample& sample) {
  if (!std::isfinite(sample.position) || !(sample.score >= 0 && sample.score < kMaxScore)) return;
  const auto place = std::upper_bound(samples_.begin(), samples_.end(), sample,
                                      [](const FocusSample& a, const FocusSample& b) { return a.position < b.position; });
  samples_.insert(place, sample);
}

FocusSample FocusSearch::best() const {
  const auto highest =
      std::max_element(samples_.begin(), samples_.end(), [](const FocusSample& a, const FocusSample& b) { return a.score < b.score; });
  return highest == samples_.end() ? FocusSample{plan_.min, 0} : *highest;
}

std::optional<float> FocusSearch::next() {
  if (static_cast<int>(samples_.size()) >= plan_.visits) return std::nullopt;
  if (asked_ < plan_.coarse) {
    const float share = (static_cast<float>(asked_++) + 0.5f) / static_cast<float>(plan_.coarse);
    return plan_.min + std::round(share * (plan_.max - plan_.min) / plan_.step) * plan_.step;
  }
  const auto found = most_promising();
  if (!found || found->potential < kWorthwhile * best().score) return std::nullopt;
  return found->position;
}

float FocusSearch::missed() const {
  const auto found = most_promising();
  return found && best().score > 0 ? found->potential / best().score : 0;
}

/// Background at a position: the lower of the highest level that all of one side stays above. It follows a level that drifts over the
/// sweep (brightness, breathing) in one direction.
std::vector<float> FocusSearch::above_background() const {
  std::vector<float> background(samples_.size()), out(samples_.size());
  float least = INFINITY;
  for (std::size_t i = 0; i < samples_.size(); i++) background[i] = least = std::min(least, samples_[i].score);
  least = INFINITY;
  for (std::size_t i = samples_.size(); i-- > 0;) {
    least = std::min(least, samples_[i].score);
    background[i] = std::max(background[i], least);
  }
  const float floor = kFloor * best().score + 1e-20f;
  for (std::size_t i = 0; i < samples_.size(); i++) out[i] = std::max(samples_[i].score - kBackground * background[i], 0.0f) + floor;
  return out;
}

FocusSearch::Interval FocusSearch::look_into(float left, float right, float left_score, float right_score) const {
  const float width = (right - left) / plan_.step;
  const float a = 1 / std::sqrt(left_score), b = 1 / std::sqrt(right_score);  // in proportion to the distances from the peak
  const float steps = std::clamp(std::round(a / (a + b) * width), 1.0f, std::max(1.0f, std::ceil(width) - 1));
  const float amplitude = width / (a + b);
  return {left + steps * plan_.step, amplitude * amplitude};
}

std::optional<FocusSearch::Interval> FocusSearch::most_promising() const {
  if (samples_.empty()) return Interval{(plan_.min + plan_.max) / 2, 0};
  const std::vector<float> scores = above_background();
  const float narrow = 1.99f * plan_.step;  // nothing between neighbours
  std::optional<Interval> out;
  const auto offer = [&](const Interval& interval) {
    if (!out || interval.potential > out->potential) out = interval;
  };
  for (std::size_t i = 1; i < samples_.size(); i++) {
    const float left = samples_[i - 1].position, right = samples_[i].position;
    if (right - left >= narrow) offer(look_into(left, right, scores[i - 1], scores[i]));
  }
  // Beyond the outermost sample a peak can only be told of by one side: half as promising, as if mirrored at the end.
  const auto beyond = [&](float sample, float end, float score) {
    const float width = std::abs(end - sample);
    if (width < 0.99f * plan_.step) return;
    Interval interval = look_into(0, width + plan_.step, score, score);
    interval.position = width <= 2 * plan_.step ? end : sample + std::round((end - sample) / 2 / plan_.step) * plan_.step;
    interval.potential /= 2;
    offer(interval);
  };
  beyond(samples_.front().position, plan_.min, scores.front());
  beyond(samples_.back().position, plan_.max, scores.back());
  return out;
}

}  // namespace argent
