#include "calibration/contest/score.h"

#include <algorithm>
#include <cmath>

#include "calibration/contest/score_flicker.h"
#include "calibration/contest/score_frames.h"
#include "isp/color.h"

namespace argent {
namespace {

constexpr double kSettled = 0.02;    // relative
constexpr double kUnclipped = 0.01;  // fraction of the frame
constexpr double kFollowed = 0.1;    // of a step, still missing
constexpr double kRest = 0.5;        // the second half of what follows the last event counts as rest

template <class Value>
double rms_about_mean(Frames frames, Value value) {
  const double mean = mean_of(frames, value);
  return std::sqrt(mean_of(frames, [&](const FrameRecord& f) { return (value(f) - mean) * (value(f) - mean); }));
}

double relative_error(const FrameRecord& f) { return std::exp2(-f.exposure_error) - 1; }

std::optional<int> settled_from(Frames frames) {
  std::optional<int> since;
  for (std::size_t i = 0; i < frames.size(); i++) {
    if (!since && std::abs(relative_error(frames[i])) <= kSettled) since = static_cast<int>(i);
    if (std::abs(std::exp2(-frames[i].picture_error) - 1) > kSettled) since.reset();
  }
  return since;
}

/// `reached` and `upset`.
void score_upset(Frames frames, StepScore& out) {
  int off = 0;
  for (std::size_t i = 0; i < frames.size(); i++) {
    if (!out.reached && std::abs(relative_error(frames[i])) <= kSettled) out.reached = static_cast<int>(i);
    if (!out.reached) continue;
    off = std::abs(std::exp2(-frames[i].picture_error) - 1) > kSettled ? off + 1 : 0;
    out.upset = std::max(out.upset, off);
  }
}

double mired_error(const FrameRecord& f) {
  const float cct = f.decision.controls.colour_temperature;
  return cct > 0 && f.cct > 0 ? 1e6 / cct - 1e6 / f.cct : 0;
}

StepScore score_step(Frames before, Frames after) {
  StepScore out;
  out.frame = after.front().frame;
  out.settled = settled_from(after);
  score_upset(after, out);
  out.clips = after.front().clipped > kUnclipped;
  if (out.clips) {
    const auto open = std::find_if(after.begin(), after.end(), [](const FrameRecord& f) { return f.clipped <= kUnclipped; });
    if (open != after.end()) out.unclipped = static_cast<int>(open - after.begin());
  }
  const double first = relative_error(after.front());
  for (const FrameRecord& f : after.first(static_cast<std::size_t>(out.settled.value_or(static_cast<int>(after.size()) - 1)) + 1)) {
    if (std::signbit(relative_error(f)) != std::signbit(first)) out.overshoot = std::max(out.overshoot, std::abs(relative_error(f)));
  }
  if (before.empty()) return out;
  // What is followed is where the estimate ends, right or wrong: how right it is stands in balance_error.
  const auto estimate = [](const FrameRecord& f) { return 1e6 / std::max(f.decision.controls.colour_temperature, 1.0f); };
  const double start = mean_of(last_tenth(before), estimate), end = mean_of(last_tenth(after), estimate);
  if (std::abs(end - start) > 5)
    out.balance_followed =
        from_when(after, [&](const FrameRecord& f) { return std::abs(estimate(f) - end) <= kFollowed * std::abs(end - start); });
  return out;
}

int changes_of_direction(Frames frames) {
  int changes = 0;
  double before = 0;
  for (std::size_t i = 1; i < frames.size(); i++) {
    const auto total = [&](std::size_t at) {
      return frames[at].applied.exposure.count() * static_cast<double>(frames[at].applied.analogue_gain);
    };
    const double step = std::log(total(i) / total(i - 1));
    if (std::abs(step) < kSettled) continue;
    if (before * step < 0) changes++;
    before = step;
  }
  return changes;
}

void score_focus(Frames frames, int trigger, RunScore& out) {
  const FrameRecord& last = frames.back();
  out.focus_state = last.decision.trace.focus.state;
  if (last.depth_of_field > 0) out.focus_error = std::abs(last.lens_position - last.sharpest) / last.depth_of_field;
  if (trigger < 0 || trigger >= static_cast<int>(frames.size())) return;
  for (std::size_t i = static_cast<std::size_t>(trigger); i < frames.size(); i++) {
    if (frames[i].decision.trace.focus.state != AfState::kFocused) continue;
    out.focus_reached = static_cast<int>(i) - trigger;
    return;
  }
}

}  // namespace

RunScore score(Frames frames, std::span<const int> events, int trigger) {
  RunScore out;
  if (frames.empty()) return out;
  const auto size = static_cast<int>(frames.size());
  std::vector<int> bounds;
  for (int e : events) {
    if (e > 0 && e < size && (bounds.empty() || e > bounds.back())) bounds.push_back(e);
  }
  bounds.push_back(size);
  for (std::size_t i = 0; i + 1 < bounds.size(); i++) {
    const std::size_t begin = static_cast<std::size_t>(bounds[i]), end = static_cast<std::size_t>(bounds[i + 1]);
    const std::size_t before = i == 0 ? 0 : static_cast<std::size_t>(bounds[i - 1]);
    out.steps.push_back(score_step(frames.subspan(before, begin - before), frames.subspan(begin, end - begin)));
  }
  const std::size_t last = bounds.size() < 2 ? 0 : static_cast<std::size_t>(bounds[bounds.size() - 2]);
  const std::size_t quiet = last + static_cast<std::size_t>(kRest * static_cast<double>(frames.size() - last));
  const Frames rest = frames.subspan(std::min(quiet, frames.size() - 1));
  out.exposure_ripple =
      rms_about_mean(rest, [](const FrameRecord& f) { return std::log(std::max(f.brightness * f.decision.controls.digital_gain, 1e-12)); });
  out.hunting = changes_of_direction(rest);
  out.final_exposure_error = mean_of(last_tenth(frames), [](const FrameRecord& f) { return f.exposure_error; });
  out.flicker = score_flicker(frames);
  out.balance_error = mean_of(last_tenth(frames), mired_error);
  out.balance_wobble = rms_about_mean(rest, mired_error);
  out.balance_angle = mean_of(last_tenth(frames), [](const FrameRecord& f) {
    const Vec3& g = f.decision.controls.colour_gains;
    return angular_error({1 / g[0], 1 / g[1], 1 / g[2]}, {std::exp(f.white[0]), 1, std::exp(f.white[1])});
  });
  out.zone_angle = mean_of(last_tenth(frames), [](const FrameRecord& f) { return f.zone_angle; });
  out.zone_angle_plain = mean_of(last_tenth(frames), [](const FrameRecord& f) { return f.zone_angle_plain; });
  out.two_lights = frames.back().decision.trace.white_balance.lights > 1;
  score_focus(frames, trigger, out);
  return out;
}

}  // namespace argent
