#include "aaa/focus_score.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr Window kMiddle = {0.25f, 1 / 3.0f, 0.5f, 1 / 3.0f, 1};  // what a photograph is of; Raspberry Pi's default too
constexpr float kMaxScore = 1e6f;                                 // a contrast divided by its level squared is of order 1
constexpr float kMaxMean = 1e3f;                                  // of a zone: lens shading takes it a little beyond 1
constexpr float kLeastNoise = 0.01f;
constexpr float kScene = 0.3f;  // log units from frame to frame, beyond the noise
constexpr float kPriorNoise = 0.03f, kPriorFrames = 2, kMemory = 30;

struct Area {
  float left, right, top, bottom;
};

Area area_of(const Window& w) {
  const auto inside = [](float v) { return std::isfinite(v) ? std::clamp(v, 0.0f, 1.0f) : 0.0f; };
  return {inside(w.x), inside(w.x + w.width), inside(w.y), inside(w.y + w.height)};
}

float overlap(float a, float b, float c, float d) { return std::max(0.0f, std::min(b, d) - std::max(a, c)); }

bool counts(const Window& w) {
  const Area a = area_of(w);
  return std::isfinite(w.weight) && w.weight > 0 && a.right > a.left && a.bottom > a.top;
}

bool plausible(const Statistics::Zone& zone) {
  for (float f : zone.focus)
    if (!(f >= 0 && f < kMaxScore)) return false;
  for (float m : zone.mean)
    if (!(std::abs(m) < kMaxMean)) return false;
  return true;
}

}  // namespace

WindowWeights::WindowWeights(std::span<const Window> windows) : windows_(windows) {
  if (std::none_of(windows.begin(), windows.end(), counts)) windows_ = {&kMiddle, 1};
}

float WindowWeights::of(int column, int row, int columns, int rows) const {
  const float width = 1 / static_cast<float>(columns), height = 1 / static_cast<float>(rows);
  const float x = static_cast<float>(column) * width, y = static_cast<float>(row) * height;
  float out = 0;
  for (const Window& w : windows_) {
    if (!counts(w)) continue;
    const Area a = area_of(w);
    out += std::min(w.weight, 1e6f) * overlap(a.left, a.right, x, x + width) * overlap(a.top, a.bottom, y, y + height) / (width * height);
  }
  return out;
}

FocusMeasure measure_focus(const Statistics& statistics, std::span<const Window> windows) {
  FocusMeasure out;
  if (!statistics.has_grid()) return out;
  const WindowWeights weights(windows);
  std::array<double, 2> scores{};
  std::array<double, 3> means{};
  double all = 0;
  for (int row = 0; row < statistics.rows; row++) {
    for (int column = 0; column < statistics.columns; column++) {
      const auto& zone = statistics.zone(column, row);
      if (!plausible(zone)) continue;
      const double weight = weights.of(column, row, statistics.columns, statistics.rows);
      if (!(weight > 0)) continue;
      all += weight;
      for (std::size_t i = 0; i < 2; i++) scores[i] += weight * zone.focus[i];
      for (std::size_t i = 0; i < 3; i++) means[i] += weight * std::max(zone.mean[i], 0.0f);
    }
  }
  if (!(all > 0)) return out;
  const SensorSettings& s = statistics.applied.settings;
  const double total = s.exposure.count() * s.analogue_gain;
  const double light = std::isfinite(total) && total > 0 ? total : 1;
  for (std::size_t i = 0; i < 2; i++) out.score[i] = static_cast<float>(scores[i] / all);
  for (std::size_t i = 0; i < 3; i++) out.brightness[i] = static_cast<float>(std::min(means[i] / all / light, 1e30));
  out.valid = true;
  return out;
}

void FocusNoise::add(float contrast) {
  if (last_ > 0 && contrast >= 0) {
    // One leap is another scene: taken for noise it would hide itself from whoever looks for changes beyond the noise. Leap after leap is
    // noise.
    const bool leaps = std::abs(std::log(std::max(contrast, 1e-20f) / last_)) > kScene + 4 * relative(last_);
    if (!leaps || leapt_) take_in(contrast);
    leapt_ = leaps;
  }
  last_ = contrast;
}

void FocusNoise::take_in(float contrast) {
  const float change = 2 * (contrast - last_) / (contrast + last_);
  const float keep = 1 - 1 / kMemory;
  squares_ = squares_ * keep + change * change / 2;
  levels_ = levels_ * keep + (contrast + last_) / 2;
  weight_ = weight_ * keep + 1;
}

float FocusNoise::relative(float contrast) const {
  if (!(weight_ > 0) || !(levels_ > 0)) return kPriorNoise;
  const float variance = (squares_ + kPriorFrames * kPriorNoise * kPriorNoise) / (weight_ + kPriorFrames), level = levels_ / weight_;
  return std::min(std::sqrt(kLeastNoise * kLeastNoise + variance * level / std::max(contrast, 1e-6f * level)), 1e3f);
}

}  // namespace argent
