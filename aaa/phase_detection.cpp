#include "aaa/phase_detection.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr float kMaxDisparity = 1000;  // pixels: beyond, it isn't a disparity
constexpr int kMaxMoves = 5, kMaxMissing = 4;
constexpr float kShrinks = 0.7f;   // of the last residual: what is left after a move must be less
constexpr float kInFocus = 0.25f;  // of the depth of field
constexpr float kFell = 0.8f;      // of the highest contrast on the way: the lens went past the peak

}  // namespace

PhaseMeasure measure_phase(const Statistics& statistics, std::span<const Window> windows) {
  const int columns = statistics.phase_columns, rows = statistics.phase_rows;
  if (columns < 1 || columns > Statistics::kMaxPhaseColumns || rows < 1 || rows > Statistics::kMaxPhaseRows) return {};
  const WindowWeights weights(windows);
  double sum = 0, trust = 0, all = 0;
  for (int row = 0; row < rows; row++) {
    for (int column = 0; column < columns; column++) {
      const auto& phase = statistics.phases[static_cast<std::size_t>(row * columns + column)];
      const double weight = weights.of(column, row, columns, rows);
      if (!(weight > 0)) continue;
      all += weight;
      if (!(std::abs(phase.disparity) < kMaxDisparity) || !(phase.confidence > 0)) continue;
      const double confidence = std::min(phase.confidence, 1.0f);
      trust += weight * confidence;
      sum += weight * confidence * phase.disparity;
    }
  }
  if (!(trust > 0)) return {};
  return {static_cast<float>(sum / trust), static_cast<float>(trust / all)};
}

ScanStep PhaseScan::update(const LensMotion& lens, const PhaseMeasure& phase, float contrast, float noise) {
  if (!started_) {
    started_ = true;
    command_ = lens.applied();
    start_ = lens.position();
    start_contrast_ = contrast;
  }
  highest_ = std::max(highest_, contrast);
  waited_++;
  // Until the command has had its time, a lens at rest is one that hasn't heard of it yet.
  const bool settled = lens.arrived(command_, std::max(settings_.lens.settle_frames, waited_ < settings_.lens.settle_frames ? 1 << 20 : 0));
  if (moves_ > 0 && !settled && waited_ <= 3 * settings_.lens.settle_frames) return step(ScanResult::kRunning, "moving by phase");
  if (!(phase.confidence >= settings_.confidence)) {
    if (++missing_ > kMaxMissing) return step(ScanResult::kFailed, "phase lost its confidence");
    return step(ScanResult::kRunning, "waiting for phase");
  }
  missing_ = 0;
  const float wanted = phase.disparity * settings_.gain;
  const float tolerance = kInFocus * settings_.lens.depth_of_field;
  if (std::abs(wanted) <= tolerance) return done(contrast, noise);
  if (moves_ > 0 && std::abs(wanted) > std::max(kShrinks * std::abs(last_), 2 * tolerance)) {
    return step(ScanResult::kFailed, "phase and contrast disagree: phase did not go to zero");
  }
  if (moves_ >= kMaxMoves) return step(ScanResult::kFailed, "phase did not settle");
  const float target = std::clamp(lens.position() + wanted, settings_.range.min, settings_.range.max);
  if (std::abs(target - lens.position()) < tolerance / 2) return step(ScanResult::kFailed, "phase points beyond the range");
  last_ = wanted;
  moved_ = std::max(moved_, std::abs(target - start_));
  command_ = target;
  moves_++;
  waited_ = 0;
  return step(ScanResult::kRunning, "moving by phase");
}

ScanStep PhaseScan::done(float contrast, float noise) const {
  const float doubt = 2 * std::min(noise, 0.1f);
  if (contrast < (kFell - doubt) * highest_)
    return step(ScanResult::kFailed, "phase and contrast disagree: contrast was higher on the way");
  if (moved_ > settings_.lens.depth_of_field && contrast < (1 + std::max(0.05f, doubt)) * start_contrast_) {
    return step(ScanResult::kFailed, "phase and contrast disagree: contrast did not rise");
  }
  return step(ScanResult::kFocused, "phase is zero and contrast agrees");
}

}  // namespace argent
