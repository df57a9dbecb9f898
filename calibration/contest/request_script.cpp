#include "calibration/contest/request_script.h"

#include <algorithm>
#include <array>

#include "aaa/request_names.h"
#include "isp/io/yaml_document.h"
#include "isp/params.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

template <std::size_t N>
constexpr std::array<std::string_view, N + 1> with_none(const std::array<std::string_view, N>& names) {
  std::array<std::string_view, N + 1> out{"none"};
  std::copy(names.begin(), names.end(), out.begin() + 1);
  return out;
}
constexpr auto kTriggers = with_none(kAfTriggerNames);
constexpr auto kPauses = with_none(kAfPauseNames);

constexpr std::size_t kMaxWindows = 64, kMaxEvents = 10'000;

/// What an event has besides the state; 0: none, else one more than the enum's value.
struct EventParams {
  float time = 0;
  int trigger = 0, pause = 0;
};

}  // namespace

template <class List>
void describe(List& list, RequestState& p) {
  list.field("exposure_value", p.exposure_value, {.min = -8, .max = 8, .unit = "EV", .doc = "brighter than metered"});
  list.field("exposure_time", p.exposure_time, {.min = 0, .max = 1e9, .unit = "us", .doc = "0: automatic"});
  list.field("analogue_gain", p.analogue_gain, {.min = 0, .max = 1024, .doc = "0: automatic"});
  list.field("max_frame_duration", p.max_frame_duration, {.min = 0, .max = 1e9, .unit = "us", .doc = "of a frame; 0: the sensor's"});
  list.choice("metering", p.metering, kAeMeteringModeNames, {.doc = "where exposure looks"});
  list.choice("constraint", p.constraint, kAeConstraintModeNames, {.doc = "what else bounds the exposure"});
  list.choice("program", p.program, kAeExposureModeNames, {.doc = "time against gain"});
  list.choice("flicker", p.flicker, kAeFlickerModeNames, {.doc = "mains flicker"});
  list.field("flicker_period_us", p.flicker_period_us, {.min = 0, .max = 1e6, .unit = "us", .doc = "with flicker: manual"});
  list.field("ae_locked", p.ae_locked, {.doc = "exposure stays"});
  list.choice("white_balance", p.white_balance, kAwbModeNames, {.doc = "range of lights"});
  list.field("awb_locked", p.awb_locked, {.doc = "white balance stays"});
  list.field("colour_gains", std::span<float>(p.colour_gains), {.min = 0, .max = 64, .doc = "R, G, B; all 0: automatic"});
  list.field("colour_temperature", p.colour_temperature, {.min = 0, .max = 25000, .unit = "kelvin", .doc = "0: automatic"});
  list.field("mixed_light", p.mixed_light, {.doc = "a gain map when there are two lights"});
  list.choice("focus", p.focus, kAfModeNames, {.doc = "who moves the lens"});
  list.choice("range", p.range, kAfRangeNames, {.doc = "distances that are searched"});
  list.choice("speed", p.speed, kAfSpeedNames, {.doc = "of autofocus"});
  list.field("lens_position", p.lens_position, {.min = -1, .max = 100, .unit = "dioptres", .doc = "with focus: manual; negative: stays"});
}

template <class List>
void describe(List& list, RequestScript& p) {
  describe(list, static_cast<RequestState&>(p));
  list.field("focus_at", p.focus_at, {.min = -1, .max = 1e6, .unit = "s", .doc = "the autofocus trigger; negative: never"});
}

template <class List>
void describe(List& list, EventParams& p) {
  list.field("time", p.time, {.min = 0, .max = 1e7, .unit = "s", .doc = "when it happens"});
  list.choice("af_trigger", p.trigger, kTriggers, {.doc = "of this frame"});
  list.choice("af_pause", p.pause, kPauses, {.doc = "of this frame"});
}

namespace {

[[noreturn]] void refuse(const YamlNode& node, std::string_view source, const std::string& what) {
  throw Error(place_of(node, source) + ": " + what);
}

/// A list of at most `most`, or nothing.
void check_list(const YamlNode& node, const std::string& path, std::size_t most, std::string_view source) {
  if (node.kind != YamlNode::Kind::kList) refuse(node, source, path + " is " + std::string(name_of(node.kind)) + ", expected a list");
  if (node.items.size() > most) refuse(node, source, "more than " + std::to_string(most) + " " + path);
}

Window read_window(const YamlNode& node, const std::string& path, std::string_view source) {
  check_list(node, path, 5, source);
  if (node.items.size() < 4) refuse(node, source, path + ": expected [x, y, width, height] or [x, y, width, height, weight]");
  std::array<float, 5> numbers{0, 0, 0, 0, 1};
  for (std::size_t i = 0; i < node.items.size(); i++) {
    const YamlNode& item = node.items[i];
    if (item.kind != YamlNode::Kind::kScalar)
      refuse(item, source, path + " holds " + std::string(name_of(item.kind)) + ", expected numbers");
    assign(Field{path, &numbers[i], {.min = 0, .max = i < 4 ? 1.0 : 1e6}}, item.scalar, place_of(item, source));
  }
  return {numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
}

/// Takes the windows out of the map and leaves the plain fields.
void take_windows(YamlNode& map, const std::string& prefix, RequestState& state, std::string_view source) {
  const std::array<std::pair<std::string, std::vector<Window>*>, 3> kinds{
      {{"ae_windows", &state.ae_windows}, {"awb_windows", &state.awb_windows}, {"af_windows", &state.af_windows}}};
  for (const auto& [key, windows] : kinds) {
    if (map.find(key) == nullptr) continue;
    const YamlNode list = take(map, key);
    check_list(list, prefix + key, kMaxWindows, source);
    windows->clear();
    for (const YamlNode& item : list.items) windows->push_back(read_window(item, prefix + key, source));
  }
}

/// What would be passed over silently.
void check_state(const RequestState& state, const YamlNode& node, std::string_view source) {
  const auto set = std::count_if(state.colour_gains.begin(), state.colour_gains.end(), [](float gain) { return gain > 0; });
  if (set != 0 && set != 3) refuse(node, source, "request.colour_gains are partly 0, expected all 0 (automatic) or all above 0");
}

/// What an item does not say stays as `before` has it.
RequestEvent read_event(YamlNode item, const RequestState& before, std::string_view source) {
  EventParams params;
  RequestEvent event;
  event.state = before;
  take_windows(item, "request.events.", event.state, source);
  FieldList list;
  list.group("request.events", params);
  list.group("request.events", event.state);
  read_fields(list.fields(), item, "request.events.", source);
  check_state(event.state, item, source);
  event.time = params.time;
  if (params.trigger > 0) event.af_trigger = static_cast<AfTrigger>(params.trigger - 1);
  if (params.pause > 0) event.af_pause = static_cast<AfPause>(params.pause - 1);
  return event;
}

std::vector<RequestEvent> read_events(const YamlNode& list, const RequestState& start, std::string_view source) {
  check_list(list, "request.events", kMaxEvents, source);
  std::vector<RequestEvent> events;
  for (const YamlNode& item : list.items) {
    events.push_back(read_event(item, events.empty() ? start : events.back().state, source));
    if (events.size() > 1 && events.back().time < events[events.size() - 2].time)
      refuse(item, source, "request.events.time goes back, expected rising times");
  }
  return events;
}

/// The events with the trigger of `focus_at` among them.
std::vector<RequestEvent> all_events(const RequestScript& script) {
  std::vector<RequestEvent> events = script.events;
  if (script.focus_at < 0) return events;
  const auto after = std::find_if(events.begin(), events.end(), [&](const RequestEvent& e) { return e.time > script.focus_at; });
  const RequestState& state = after == events.begin() ? static_cast<const RequestState&>(script) : std::prev(after)->state;
  RequestEvent trigger{script.focus_at, state, AfTrigger::kStart, std::nullopt};
  events.insert(after, std::move(trigger));
  return events;
}

template <class Value>
std::optional<Value> unless_zero(float value) {
  return value > 0 ? std::optional<Value>(value) : std::nullopt;
}

}  // namespace

bool differ_in_light(const RequestState& a, const RequestState& b) {
  RequestState other = b;
  other.focus = a.focus;
  other.range = a.range;
  other.speed = a.speed;
  other.lens_position = a.lens_position;
  other.af_windows = a.af_windows;
  return a != other;
}

bool begun(double seconds, float event) {
  constexpr double kRounded = 1e-4, kFloat = 6e-8;  // seconds: less than any frame takes; half a float's last place
  return seconds >= event * (1 - kFloat) - kRounded;
}

float RequestScript::first_trigger() const {
  for (const RequestEvent& event : all_events(*this)) {
    if (event.af_trigger == AfTrigger::kStart) return event.time;
  }
  return -1;
}

RequestScript read_request_script(const YamlNode& map, std::string_view source) {
  RequestScript script;
  YamlNode plain = map;
  const YamlNode events = take(plain, "events");
  take_windows(plain, "request.", script, source);
  FieldList list;
  list.group("request", script);
  read_fields(list.fields(), plain, "request.", source);
  check_state(script, map, source);
  if (map.find("events") != nullptr) script.events = read_events(events, script, source);
  return script;
}

RequestSequence::RequestSequence(const RequestScript& script, const Scenario& camera)
    : longest_(1e6 * std::max(1.0 / double(camera.sensor.frame_rate), double(camera.sensor.max_frame_duration))),
      state_(script),
      events_(all_events(script)) {}

Request RequestSequence::at(double seconds) {
  Request out;
  for (; next_ < events_.size() && begun(seconds, events_[next_].time); next_++) {
    const RequestEvent& event = events_[next_];
    state_ = event.state;
    if (event.af_trigger) out.af_trigger = event.af_trigger;
    if (event.af_pause) out.af_pause = event.af_pause;
  }
  out.exposure_value = state_.exposure_value;
  out.exposure_time = unless_zero<Microseconds>(state_.exposure_time);
  out.analogue_gain = unless_zero<float>(state_.analogue_gain);
  out.max_frame_duration = state_.max_frame_duration > 0 ? Microseconds(state_.max_frame_duration) : longest_;
  out.ae_metering_mode = state_.metering;
  out.ae_constraint_mode = state_.constraint;
  out.ae_exposure_mode = state_.program;
  out.ae_windows = state_.ae_windows;
  out.ae_locked = state_.ae_locked;
  out.ae_flicker_mode = state_.flicker;
  out.ae_flicker_period = Microseconds(state_.flicker_period_us);
  out.awb_mode = state_.white_balance;
  out.awb_windows = state_.awb_windows;
  out.awb_locked = state_.awb_locked;
  if (state_.colour_gains[1] > 0) out.colour_gains = state_.colour_gains;
  out.colour_temperature = unless_zero<float>(state_.colour_temperature);
  out.mixed_light = state_.mixed_light;
  out.af_mode = state_.focus;
  out.af_range = state_.range;
  out.af_speed = state_.speed;
  out.af_windows = state_.af_windows;
  if (state_.lens_position >= 0) out.lens_position = state_.lens_position;
  return out;
}

}  // namespace argent
