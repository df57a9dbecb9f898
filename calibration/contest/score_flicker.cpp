#include "calibration/contest/score_flicker.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

using Frames = std::span<const FrameRecord>;

constexpr double kSamePeriod = 0.05;  // relative: 100 and 120 Hz are 17 % apart

float claimed(const FrameRecord& f) { return f.decision.trace.exposure.flicker.period_us; }

bool right(const FrameRecord& f) { return std::abs(claimed(f) - f.flicker_period_us) < kSamePeriod * f.flicker_period_us; }

/// What the scene asks of exposure x gain, judged on the noise-free frame: 1 us x gain 1 = 1.
double needed_total(const FrameRecord& f) {
  return f.applied.exposure.count() * f.applied.analogue_gain * f.decision.controls.digital_gain * std::exp2(f.picture_error);
}

}  // namespace

FlickerScore score_flicker(Frames frames) {
  FlickerScore out;
  const FrameRecord& last = frames.back();
  out.pulses = last.flicker_period_us > 0;
  for (std::size_t i = 0; i < frames.size(); i++) {
    const FrameRecord& f = frames[i];
    const int frame = static_cast<int>(i);
    if (!out.shown && f.flicker_modulation >= kShownModulation) out.shown = frame;
    if (claimed(f) > 0 && !right(f)) out.wrong = true;
    if (!out.pulses || !right(f)) {
      out.found.reset();
    } else if (!out.found) {
      out.found = frame;
    }
  }
  if (out.shown && out.found) out.frames_to_find = std::max(0, *out.found - *out.shown);
  out.avoidable = out.pulses && std::min(last.longest_exposure_us, needed_total(last)) >= static_cast<double>(last.flicker_period_us);
  out.avoided = last.decision.trace.exposure.flicker.avoided;
  const Frames end = frames.last(std::max<std::size_t>(1, frames.size() / 10));
  for (const FrameRecord& f : end) out.residual += f.flicker_modulation / static_cast<double>(end.size());
  return out;
}

}  // namespace argent
