// tests/aaa/lens_plant.h - a lens and the contrast behind it, without pixels: what the focus tests close the loop on.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <random>

#include "isp/statistics.h"

namespace argent {

struct LensPlantParams {
  float sharpest = 4;     ///< dioptres
  float start = 1;        ///< dioptres
  float contrast = 0.1f;  ///< score in focus
  float blur = 2;         ///< pixels of blur: scale of the fine score; the coarse one has 2.5 times that
  float shape = 1.5f;     ///< exponent of the fall
  float floor = 0;        ///< share of the score that blur doesn't take
  float noise = 0.02f;    ///< relative
  float dark_noise = 0;   ///< score, absolute
  float lag = 1;          ///< frames
  float hysteresis = 0;   ///< dioptres of play
  int latency = 1;        ///< frames
  float max_position = 15;
  float phase_gain = 0;    ///< pixels a dioptre
  float phase_offset = 0;  ///< pixels
  float phase_noise = 0.1f;
  float phase_confidence = 0.9f;
  unsigned seed = 1;
};

class LensPlant {
 public:
  static constexpr float kDepthOfField = 0.456f;  // f 4.7 mm, f/1.8, circle of confusion 2.8 um
  static constexpr float kPixels = 8.77f;         // of blur a dioptre, at a pitch of 1.4 um

  explicit LensPlant(const LensPlantParams& params)
      : p(params),
        random_(params.seed),
        commands_(static_cast<std::size_t>(params.latency) + 1, params.start),
        motor_(params.start),
        position_(params.start),
        applied_(params.start) {}

  /// Convention: a decision on frame N lands on N + 1 + latency.
  void apply(float command) { commands_.back() = command; }

  const Statistics& next() {
    const float before = applied_;
    if (sequence_ > 0) {
      applied_ = std::clamp(commands_.front(), 0.0f, p.max_position);
      commands_.pop_front();
      commands_.push_back(commands_.back());
    }
    if (applied_ != before) way_ = applied_ > before ? -1.0f : 1.0f;
    const float target = applied_ + way_ * p.hysteresis / 2;
    const auto left = [&](float frames) { return p.lag > 0 ? std::exp(-frames / p.lag) : 0.0f; };
    position_ = target + (motor_ - target) * left(0.5f);
    motor_ = target + (motor_ - target) * left(1);
    const float defocus = position_ - p.sharpest, blur = kPixels * defocus / p.blur;
    const auto score = [&](float scale) {
      const float clean = p.contrast * (p.floor + (1 - p.floor) / std::pow(1 + blur * blur / scale / scale, p.shape));
      return std::max(0.0f, clean * (1 + p.noise * normal_(random_)) + p.dark_noise * normal_(random_));
    };
    const std::array<float, 2> focus{score(1), score(2.5f) / 2};
    s_.columns = 16;
    s_.rows = 12;
    for (int i = 0; i < s_.columns * s_.rows; i++) {
      auto& zone = s_.zones[static_cast<std::size_t>(i)];
      zone.focus = focus;
      zone.mean = {0.05f * light, 0.1f * light, 0.06f * light};
    }
    s_.phase_columns = s_.phase_rows = p.phase_gain != 0 ? 4 : 0;
    for (int i = 0; i < 16; i++) {
      s_.phases[static_cast<std::size_t>(i)] = {-defocus * p.phase_gain + p.phase_offset + p.phase_noise * normal_(random_),
                                                p.phase_confidence};
    }
    s_.applied.settings = {Microseconds(10'000), 1, applied_};
    s_.applied.timestamp = Microseconds(1e6 + sequence_ * 33'333.0);
    s_.applied.sequence = static_cast<std::uint64_t>(sequence_++);
    return s_;
  }

  float position() const { return position_; }
  bool in_focus() const { return std::abs(position_ - p.sharpest) <= kDepthOfField / 2; }

  LensPlantParams p;
  float light = 1;

 private:
  std::mt19937 random_;
  std::normal_distribution<float> normal_;
  std::deque<float> commands_;
  float motor_, position_, applied_, way_ = 0;
  int sequence_ = 0;
  Statistics s_;
};

}  // namespace argent
