#include "camera/live/metadata_control.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kRemembered = 64;  // requests on their way; a Raspberry Pi has at most some ten
// How far what is in force may be from what was asked, by whole lines and gain codes: Raspberry Pi's slowest line is some 30 us.
constexpr double kLineTolerance = 60, kRelativeTolerance = 0.02;
constexpr float kLensTolerance = 0.05f;  // dioptres

constexpr Microseconds kUsualFrame{1e6 / 30};  // the rate that libcamera's algorithms start with

/// 1: as far as it may be.
double distance(double shown, double asked, double absolute) { return std::abs(shown - asked) / (absolute + kRelativeTolerance * asked); }

/// No more than 1 each, or infinite: other settings.
double distance(const SensorSettings& shown, const SensorSettings& asked) {
  const double exposure = distance(shown.exposure.count(), asked.exposure.count(), kLineTolerance);
  const double gain = distance(double(shown.analogue_gain), double(asked.analogue_gain), 0);
  const bool fits = exposure <= 1 && gain <= 1 && std::abs(shown.lens_position - asked.lens_position) <= kLensTolerance;
  return fits ? exposure + gain : std::numeric_limits<double>::infinity();
}

/// With the choices that were left to the camera made.
FrameDurationLimits whole(FrameDurationLimits frames, const OfferedControls& offered) {
  const auto& range = offered.frame_duration;
  const auto possible = [&](Microseconds duration) {
    return range ? std::clamp(duration, Microseconds(range->min), Microseconds(std::max(range->min, range->max))) : duration;
  };
  frames.shortest = possible(
      frames.shortest.count() > 0 ? frames.shortest : std::min(kUsualFrame, frames.longest.count() > 0 ? frames.longest : kUsualFrame));
  frames.longest = std::max(frames.shortest, frames.longest.count() > 0 ? possible(frames.longest) : frames.shortest);
  return frames;
}

}  // namespace

MetadataControl::MetadataControl(const OfferedControls& offered, const FrameDurationLimits& frames, const SensorSettings& start)
    : offered_(offered), frames_(whole(frames, offered)) {
  if (!offered.exposure_time) throw Error("the camera has no control ExposureTime: its exposure can't be set");
  limits_.shortest_exposure = Microseconds(offered.exposure_time->min);
  limits_.longest_exposure = Microseconds(offered.exposure_time->max);
  limits_.longest_exposure = std::max(limits_.shortest_exposure, std::min(limits_.longest_exposure, frames_.longest));
  limits_.shortest_frame = frames_.shortest;
  limits_.longest_frame = frames_.longest;
  if (offered.analogue_gain) {
    limits_.least_gain = std::max(1.0f, static_cast<float>(offered.analogue_gain->min));
    limits_.most_gain = std::max(limits_.least_gain, static_cast<float>(offered.analogue_gain->max));
  } else {
    notes_.emplace_back("the camera has no control AnalogueGain: the gain stays 1");
  }
  limits_.lens = offered.lens_position.has_value();
  if (limits_.lens) {
    limits_.farthest = static_cast<float>(offered.lens_position->min);
    limits_.nearest = static_cast<float>(offered.lens_position->max);
  }
  notes_.emplace_back("settings by libcamera's controls are not proven on hardware");
  current_.settings = possible(start);
}

SensorSettings MetadataControl::possible(const SensorSettings& settings) const {
  SensorSettings out;
  out.exposure = std::clamp(settings.exposure, limits_.shortest_exposure, limits_.longest_exposure);
  out.analogue_gain = std::clamp(settings.analogue_gain, limits_.least_gain, limits_.most_gain);
  out.lens_position = limits_.lens ? std::clamp(settings.lens_position, limits_.farthest, limits_.nearest) : 0;
  return out;
}

void MetadataControl::ask(const SensorSettings& settings) {
  const std::lock_guard lock(mutex_);
  current_ = {++decisions_, possible(settings), -1};
}

void MetadataControl::ask_bracket(std::span<const SensorSettings> steps) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < steps.size(); i++) bracket_.push_back({++decisions_, possible(steps[i]), static_cast<int>(i)});
  if (!steps.empty()) current_.decision = ++decisions_;  // back to what was, as a decision of its own
}

MetadataControl::Asked MetadataControl::next_request() {
  if (bracket_.empty()) return current_;
  const Asked step = bracket_.front();
  bracket_.pop_front();
  return step;
}

RequestControls MetadataControl::request_controls() {
  const std::lock_guard lock(mutex_);
  const Asked asked = next_request();
  if (sent_.empty() || sent_.back().decision != asked.decision) {
    sent_.push_back(asked);
  } else {
    sent_.back().requests++;
  }
  if (sent_.size() > kRemembered) sent_.pop_front();
  RequestControls controls;
  if (offered_.ae_enable) controls.ae_enable = false;
  controls.exposure_time = asked.settings.exposure;
  if (offered_.analogue_gain) controls.analogue_gain = asked.settings.analogue_gain;
  if (offered_.lens_position) controls.lens_position = asked.settings.lens_position;
  if (offered_.frame_duration) controls.frame_duration_limits = std::pair{frames_.shortest, frames_.longest};
  return controls;
}

/// Which of several in a row whose frames can't be told apart: a step of a bracket that was not seen yet, or else each as often as it was
/// sent. Either way it was these settings that made the frame.
MetadataControl::Sent::iterator MetadataControl::next_of_equals(Sent::iterator first) {
  const auto end = std::find_if(first, sent_.end(), [&](const Asked& asked) { return asked.settings != first->settings; });
  const auto step = std::find_if(first, end, [](const Asked& asked) { return asked.bracket_step >= 0 && asked.frames == 0; });
  if (step != end) return step;
  while (first + 1 != end && first->frames >= first->requests) ++first;
  return first;
}

const MetadataControl::Asked* MetadataControl::match(const SensorSettings& shown) {
  const auto nearer = [&](const Asked& a, const Asked& b) { return distance(shown, a.settings) < distance(shown, b.settings); };
  const auto nearest = std::min_element(sent_.begin(), sent_.end(), nearer);  // the oldest of those that are equally near
  if (nearest == sent_.end() || std::isinf(distance(shown, nearest->settings))) return nullptr;
  sent_.erase(sent_.begin(), next_of_equals(nearest));
  sent_.front().frames++;
  return &sent_.front();
}

std::optional<ShownSettings> MetadataControl::shown(const CompletedBuffer& frame) {
  const std::lock_guard lock(mutex_);
  const RequestMetadata& metadata = frame.metadata;
  if (!metadata.exposure_time) return std::nullopt;  // the algorithms have not seen this frame
  ShownSettings shown;
  shown.settings.exposure = *metadata.exposure_time;
  shown.settings.analogue_gain = metadata.analogue_gain.value_or(1);
  shown.settings.lens_position = metadata.lens_position.value_or(current_.settings.lens_position);
  shown.frame_duration = metadata.frame_duration.value_or(Microseconds(0));
  if (const Asked* asked = match(shown.settings)) {
    shown.decision = asked->decision;
    shown.bracket_step = asked->bracket_step;
  }
  return shown;
}

}  // namespace argent
