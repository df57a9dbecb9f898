#include "calibration/contest/score_flicker.h"

#include <algorithm>
#include <cmath>

#include "calibration/contest/score_frames.h"

namespace argent {
namespace {

constexpr double kSamePeriod = 0.05;  // relative: 100 and 120 Hz are 17 % apart

float claimed(const FrameRecord& f) { return f.decision.trace.exposure.flicker.period_us; }

bool right(const FrameRecord& f) { return std::abs(claimed(f) - f.flicker_period_us) < kSamePeriod * f.flicker_period_us; }

/// What the scene asks of exposure x gain, judged on the noise-free frame: 1 us x gain 1 = 1.
double needed_total(const FrameRecord& f) {
  return f.applied.exposure.count() * f.applied.analogue_gain * f.decision.controls.digital_gain * std::exp2(f.picture_error);
}

/// Start of the first stretch of showing frames in which the period was, or must have been, found.
std::optional<int> shown_from(Frames frames, const std::optional<int>& found) {
  std::optional<int> since;
  for (std::size_t i = 0; i < frames.size(); i++) {
    const int frame = static_cast<int>(i);
    if (frames[i].flicker_modulation < kShownModulation) {
      since.reset();
    } else if (!since) {
      since = frame;
    }
    if (since && ((found && frame >= *found) || frame - *since >= kTimeToFind)) return since;
  }
  return std::nullopt;
}

}  // namespace

FlickerScore score_flicker(Frames frames) {
  FlickerScore out;
  const FrameRecord& last = frames.back();
  out.pulses = last.flicker_period_us > 0;
  out.found = from_when(frames, [](const FrameRecord& f) { return f.flicker_period_us > 0 && right(f); });
  out.wrong = std::any_of(frames.begin(), frames.end(), [](const FrameRecord& f) { return claimed(f) > 0 && !right(f); });
  out.shown = shown_from(frames, out.found);
  if (out.shown && out.found) out.frames_to_find = std::max(0, *out.found - *out.shown);
  out.avoidable = out.pulses && std::min(last.longest_exposure_us, needed_total(last)) >= static_cast<double>(last.flicker_period_us);
  out.avoided = last.decision.trace.exposure.flicker.avoided;
  out.residual = mean_of(last_tenth(frames), [](const FrameRecord& f) { return f.flicker_modulation; });
  return out;
}

}  // namespace argent
