// calibration/contest/request_script.h - what the user asks for during a run, and how that changes.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "aaa/request.h"
#include "camera/simulation/scenario.h"

namespace argent {

/// What holds until it is changed; `aaa/request.h` says what each means. Numbers that are optional there: 0 (a lens position: negative) is
/// automatic.
struct RequestState {
  float exposure_value = 0;
  float exposure_time = 0;  ///< us
  float analogue_gain = 0;
  float max_frame_duration = 0;  ///< us; 0: what the scenario's sensor has
  AeMeteringMode metering = AeMeteringMode::kCentreWeighted;
  AeConstraintMode constraint = AeConstraintMode::kNormal;
  AeExposureMode program = AeExposureMode::kNormal;
  AeFlickerMode flicker = AeFlickerMode::kAuto;
  float flicker_period_us = 0;
  bool ae_locked = false;
  AwbMode white_balance = AwbMode::kAuto;
  bool awb_locked = false;
  Vec3 colour_gains{};           ///< all 0 or all above 0
  float colour_temperature = 0;  ///< kelvin
  bool mixed_light = false;
  AfMode focus = AfMode::kManual;
  AfRange range = AfRange::kNormal;
  AfSpeed speed = AfSpeed::kNormal;
  float lens_position = -1;  ///< dioptres
  std::vector<Window> ae_windows, awb_windows, af_windows;
  bool operator==(const RequestState&) const = default;
};

/// Whether the two ask for different pictures as far as exposure and white balance go: all but focus.
bool differ_in_light(const RequestState& a, const RequestState& b);

/// Whether a frame of that time (seconds) comes under what happens at `event`. Frames' times are rounded, scripts' are float.
bool begun(double seconds, float event);

/// From `time` (seconds) on `state` holds; trigger and pause are of the first frame alone.
struct RequestEvent {
  float time = 0;
  RequestState state;
  std::optional<AfTrigger> af_trigger;
  std::optional<AfPause> af_pause;
};

/// The state at the start, and what follows.
struct RequestScript : RequestState {
  float focus_at = -1;               ///< seconds: an event with the AF trigger; negative: none
  std::vector<RequestEvent> events;  ///< by time

  /// Seconds of the first AF trigger; negative: there is none.
  float first_trigger() const;
};

struct YamlNode;

/// The map `request` of a scenario: the names above; windows as [[x, y, width, height, weight], ..] (the weight may be left out);
/// `events` as a list of maps with `time`, af_trigger: start or cancel, af_pause: immediate, deferred or resume, and what changes. Throws
/// Error with file, line and what was expected.
RequestScript read_request_script(const YamlNode& map, std::string_view source);

/// Plays a script, frame after frame.
class RequestSequence {
 public:
  RequestSequence(const RequestScript& script, const Scenario& camera);

  /// Of a frame that began at this time, in rising order. Of several events since the last frame each leaves its state, the last its
  /// trigger.
  Request at(double seconds);

 private:
  Microseconds longest_;  ///< frame duration, what an application that locks the frame rate says
  RequestState state_;
  std::vector<RequestEvent> events_;
  std::size_t next_ = 0;
};

}  // namespace argent
