#include "samples/live/request_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <system_error>
#include <type_traits>

#include "aaa/request_names.h"
#include "isp/params.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::string_view kAutomatic = "auto", kNone = "none";
constexpr std::size_t kMaxWindows = 64;

struct Range {
  double low, high;
};

std::string join(std::span<const std::string_view> names) {
  std::string out;
  for (const std::string_view name : names) out += (out.empty() ? "" : " ") + std::string(name);
  return out;
}

template <class Number>
std::string text_of_number(Number value) {
  std::array<char, 64> text{};  // the shortest that reads back equal
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

template <class Number>
Number number_of(std::string_view text, Range range) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    throw Error("\"" + std::string(text) + "\" is no number");
  if (double(value) < range.low || double(value) > range.high)
    throw Error(std::string(text) + " is outside of " + text_of_number(range.low) + " to " + text_of_number(range.high));
  return value;
}

/// Parts between separators, at least one.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

template <class Number>
std::vector<Number> numbers_of(std::string_view text, Range range) {
  std::vector<Number> out;
  for (const std::string_view part : split(text, ',')) out.push_back(number_of<Number>(part, range));
  return out;
}

template <class Enum>
Enum choice_of(std::string_view text, std::span<const std::string_view> names) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) return static_cast<Enum>(found - names.begin());
  int index = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size() || index < 0 || static_cast<std::size_t>(index) >= names.size())
    throw Error("\"" + std::string(text) + "\" is none of: " + join(names));
  return static_cast<Enum>(index);
}

bool truth_of(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  throw Error("\"" + std::string(text) + "\" is neither true nor false");
}

std::vector<Window> windows_of(std::string_view text) {
  std::vector<Window> windows;
  if (text == kNone) return windows;
  for (const std::string_view part : split(text, ';')) {
    const std::vector<float> n = numbers_of<float>(part, {0, 1e6});
    if (n.size() < 4 || n.size() > 5 || std::any_of(n.begin(), n.begin() + 4, [](float v) { return v > 1; }))
      throw Error("\"" + std::string(part) + "\" is no window: expected x,y,width,height[,weight] with all but the weight in 0..1");
    windows.push_back({n[0], n[1], n[2], n[3], n.size() > 4 ? n[4] : 1});
  }
  if (windows.size() > kMaxWindows) throw Error("more than " + std::to_string(kMaxWindows) + " windows");
  return windows;
}

std::string text_of_windows(const std::vector<Window>& windows) {
  if (windows.empty()) return std::string(kNone);
  std::string out;
  for (const Window& w : windows) {
    out += out.empty() ? "" : ";";
    for (const float value : {w.x, w.y, w.width, w.height}) out += text_of_number(value) + ",";
    out += text_of_number(w.weight);
  }
  return out;
}

void set_limits(Request& request, std::string_view text) {
  const std::vector<double> limits = numbers_of<double>(text, {0, 1e9});
  if (limits.size() != 2 || (limits[1] > 0 && limits[0] > limits[1])) throw Error("expected \"shortest,longest\" in microseconds");
  request.min_frame_duration = Microseconds(limits[0]);
  request.max_frame_duration = Microseconds(limits[1]);
}

std::string text_of_limits(const Request& request) {
  return text_of_number(request.min_frame_duration.count()) + "," + text_of_number(request.max_frame_duration.count());
}

void set_gains(Request& request, std::string_view text) {
  if (text == kAutomatic) {
    request.colour_gains.reset();
    return;
  }
  const std::vector<float> gains = numbers_of<float>(text, {1e-3, 64});
  if (gains.size() != 2 && gains.size() != 3) throw Error("expected \"red,blue\" or \"red,green,blue\"");
  request.colour_gains = gains.size() == 2 ? Vec3{gains[0], 1, gains[1]} : Vec3{gains[0], gains[1], gains[2]};
}

std::string text_of_gains(const Request& request) {
  if (!request.colour_gains) return std::string(kAutomatic);
  const Vec3& gains = *request.colour_gains;
  return text_of_number(gains[0]) + "," + text_of_number(gains[1]) + "," + text_of_number(gains[2]);
}

double plain(Microseconds time) { return time.count(); }
float plain(float value) { return value; }

/// A control: the words, and the way in and out of a request.
struct Control {
  std::string_view name, values, meaning;
  void (*set)(Request&, std::string_view);
  std::string (*get)(const Request&);
  std::span<const std::string_view> choices{};  ///< instead of `values`, where these are words
};

// Rows by the kind of member. Without captures, so what differs is a template argument.

template <auto Member, int Low, int High>
constexpr Control optional_number(std::string_view name, std::string_view values, std::string_view meaning) {
  return {name, values, meaning,
          [](Request& r, std::string_view text) {
            using Value = typename std::remove_reference_t<decltype(r.*Member)>::value_type;
            if (text == kAutomatic) {
              (r.*Member).reset();
            } else {
              r.*Member = Value(number_of<decltype(plain(Value{}))>(text, {Low, High}));
            }
          },
          [](const Request& r) { return r.*Member ? text_of_number(plain(*(r.*Member))) : std::string(kAutomatic); }};
}

template <auto Member, const auto& Names>
constexpr Control choice(std::string_view name, std::string_view meaning) {
  return {name,
          "",
          meaning,
          [](Request& r, std::string_view text) { r.*Member = choice_of<std::remove_reference_t<decltype(r.*Member)>>(text, Names); },
          [](const Request& r) { return std::string(Names[static_cast<std::size_t>(r.*Member)]); },
          Names};
}

/// A trigger, which most frames have none of.
template <auto Member, const auto& Names>
constexpr Control one_frame_choice(std::string_view name, std::string_view meaning) {
  return {name,
          "",
          meaning,
          [](Request& r, std::string_view text) {
            using Value = typename std::remove_reference_t<decltype(r.*Member)>::value_type;
            if (text == kNone) {
              (r.*Member).reset();
            } else {
              r.*Member = choice_of<Value>(text, Names);
            }
          },
          [](const Request& r) { return std::string(r.*Member ? Names[static_cast<std::size_t>(*(r.*Member))] : kNone); },
          Names};
}

template <auto Member>
constexpr Control flag(std::string_view name, std::string_view meaning) {
  return {name, "true false", meaning, [](Request& r, std::string_view text) { r.*Member = truth_of(text); },
          [](const Request& r) { return std::string(r.*Member ? "true" : "false"); }};
}

template <auto Member>
constexpr Control windows(std::string_view name, std::string_view meaning) {
  return {name, "x,y,w,h[,weight];.. none", meaning, [](Request& r, std::string_view text) { r.*Member = windows_of(text); },
          [](const Request& r) { return text_of_windows(r.*Member); }};
}

constexpr std::array kControls{
    Control{"ExposureValue", "-8..8 EV", "brighter than metered",
            [](Request& r, std::string_view text) {
              r.exposure_value = number_of<float>(text, {-8, 8});
            },
            [](const Request& r) { return text_of_number(r.exposure_value); }},
    optional_number<&Request::exposure_time, 1, 1'000'000'000>("ExposureTime", "us, auto", "of a row"),
    optional_number<&Request::analogue_gain, 1, 1024>("AnalogueGain", "1..1024, auto", "of the sensor"),
    Control{"FrameDurationLimits", "shortest,longest us", "0: no limit", set_limits, text_of_limits},
    choice<&Request::ae_metering_mode, kAeMeteringModeNames>("AeMeteringMode", "where exposure looks"),
    choice<&Request::ae_constraint_mode, kAeConstraintModeNames>("AeConstraintMode", "what else bounds it"),
    choice<&Request::ae_exposure_mode, kAeExposureModeNames>("AeExposureMode", "time against gain"),
    windows<&Request::ae_windows>("AeWindows", "metered instead of the mode's pattern"),
    flag<&Request::ae_locked>("AeLocked", "exposure stays"),
    choice<&Request::ae_flicker_mode, kAeFlickerModeNames>("AeFlickerMode", "mains flicker"),
    Control{"AeFlickerPeriod", "us", "of the light, with AeFlickerMode=manual: 10000 at 50 Hz, 8333 at 60 Hz",
            [](Request& r, std::string_view text) {
              r.ae_flicker_period = Microseconds(number_of<double>(text, {0, 1e6}));
            },
            [](const Request& r) { return text_of_number(r.ae_flicker_period.count()); }},
    choice<&Request::awb_mode, kAwbModeNames>("AwbMode", "range of lights"),
    windows<&Request::awb_windows>("AwbWindows", "looked at instead of the whole frame"),
    flag<&Request::awb_locked>("AwbLocked", "white balance stays"),
    Control{"ColourGains", "red,blue auto", "white balance", set_gains, text_of_gains},
    optional_number<&Request::colour_temperature, 1000, 25000>("ColourTemperature", "1000..25000 kelvin, auto", "of the light"),
    flag<&Request::mixed_light>("MixedLight", "a gain map when there are two lights"),
    choice<&Request::af_mode, kAfModeNames>("AfMode", "who moves the lens"),
    choice<&Request::af_range, kAfRangeNames>("AfRange", "distances that are searched"),
    choice<&Request::af_speed, kAfSpeedNames>("AfSpeed", "of autofocus"),
    windows<&Request::af_windows>("AfWindows", "what is to be sharp"),
    one_frame_choice<&Request::af_trigger, kAfTriggerNames>("AfTrigger", "of one frame, with AfMode=auto"),
    one_frame_choice<&Request::af_pause, kAfPauseNames>("AfPause", "of one frame, with AfMode=continuous"),
    optional_number<&Request::lens_position, 0, 100>("LensPosition", "0..100 dioptres, auto", "with AfMode=manual; auto: stays"),
};

const Control& control_named(std::string_view name) {
  const auto* found = std::find_if(kControls.begin(), kControls.end(), [&](const Control& control) { return control.name == name; });
  if (found != kControls.end()) return *found;
  std::array<std::string_view, kControls.size()> names;
  std::transform(kControls.begin(), kControls.end(), names.begin(), [](const Control& control) { return control.name; });
  const std::string_view close = nearest(name, names);
  throw Error("unknown control \"" + std::string(name) + "\"" + (close.empty() ? "" : ", did you mean " + std::string(close)));
}

}  // namespace

void set_control(Request& request, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) throw Error("\"" + std::string(assignment) + "\", expected Name=value");
  const Control& control = control_named(assignment.substr(0, equals));
  try {
    control.set(request, assignment.substr(equals + 1));
  } catch (const Error& error) {
    throw Error(std::string(control.name) + ": " + error.what());
  }
}

std::string text_of(const Request& request) {
  const Request plain;
  std::string out;
  for (const Control& control : kControls) {
    const std::string text = control.get(request);
    if (text != control.get(plain)) out += (out.empty() ? "" : " ") + std::string(control.name) + "=" + text;
  }
  return out;
}

Request request_of_text(std::string_view text) {
  Request request;
  if (text.empty()) return request;
  for (const std::string_view part : split(text, ' ')) set_control(request, part);
  return request;
}

std::vector<ControlText> control_values(const Request& request) {
  std::vector<ControlText> out;
  for (const Control& control : kControls) out.push_back({control.name, control.get(request)});
  return out;
}

std::string control_table() {
  std::string out;
  for (const Control& control : kControls) {
    std::string row = "  " + std::string(control.name);
    row.resize(std::max<std::size_t>(row.size() + 1, 24), ' ');
    const std::string values = control.choices.empty() ? std::string(control.values) : join(control.choices);
    out += row + std::string(control.meaning) + " (" + values + ")\n";
  }
  return out;
}

}  // namespace argent
