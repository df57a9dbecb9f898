#include "calibration/synthesis/synthetic_set.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "calibration/synthesis/known_random.h"
#include "calibration/synthesis/set_faults.h"
#include "camera/spectral/reflectances.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kChartLevel = 0.8, kFlatLevel = 0.6, kStepLevel = 0.2;  // of white in its brightest color
constexpr std::array kRampLevels{0.015, 0.03, 0.06, 0.12, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 1.5};
constexpr int kFlatsEach = 2, kDarksEach = 4;
constexpr double kDarkExposure = 20'000;                                  // us
constexpr std::array kFocusDistances{0.4, 0.25, 0.15, 0.11};              // m
constexpr std::array kFocusSteps{-85, -60, -35, -15, 0, 15, 35, 60, 85};  // lens codes from sharp
constexpr double kStepFrames = 6;                                         // of each setting

/// FNV-1a, 64 bits: a capture's noise depends on its name and not on what else is in the set.
std::uint64_t hash_of(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

/// The nearest exposure that EXIF says exactly: whole microseconds, or 1/N s where that is within a thousandth (isp/io/exif_block.cpp).
double sayable(double exposure_us) {
  const double whole = std::max(1.0, std::round(exposure_us)), seconds = whole * 1e-6, inverse = std::round(1 / seconds);
  const bool fraction = inverse >= 2 && inverse < 1e6 && std::abs(seconds * inverse - 1) < 1e-3;
  return fraction ? 1e6 / inverse : whole;
}

std::string number(double value) {
  std::string text = std::to_string(std::lround(value * 100) / 100.0);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string two_digits(std::size_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string light_part(const KnownLight& light) { return std::to_string(std::lround(light.cct)) + "k"; }

void check(const SyntheticSetOptions& options) {
  if (options.lights.empty() || options.lights.size() > 64) throw Error("a set under ", options.lights.size(), " lights, expected 1 to 64");
  if (options.gains.empty() || options.gains.size() > 32) throw Error("a set with ", options.gains.size(), " gains, expected 1 to 32");
  if (options.parts.empty()) throw Error("a set of nothing, expected charts, flats, darks, ramp, focus, edge, dots or step");
  for (const float gain : options.gains) {
    if (!(gain >= 0.1f && gain <= 600)) throw Error("gain ", gain, " in a set, expected 0.1 to 600");
  }
  const auto within = [](double value, double least, double most, std::string_view what) {
    if (!(value >= least && value <= most)) throw Error(what, " of a set is ", value, ", expected ", least, " to ", most);
  };
  within(options.lux, 0.01, 1e6, "lux");
  within(options.tilt, 0, 45, "tilt");
  within(options.turn, 0, 180, "turn");
  within(options.glare, 0, 10, "glare");
}

/// Makes the captures one part after the other.
class Planner {
 public:
  explicit Planner(SyntheticSet& set) : set_(set), options_(set.options), camera_(set.camera), size_(set.camera.sensor.size) {
    for (std::size_t i = 1; i < options_.lights.size(); i++) {
      const auto from_daylight = [&](std::size_t k) { return std::abs(1e6f / options_.lights[k].cct - 1e6f / 5500); };
      if (from_daylight(i) < from_daylight(daylight_)) daylight_ = i;
    }
  }

  void add(SetPart part) {
    part_ = part;
    switch (part) {
      case SetPart::kCharts:
        return add_charts();
      case SetPart::kFlats:
        return add_flats();
      case SetPart::kDarks:
        return add_darks();
      case SetPart::kRamp:
        return add_ramps();
      case SetPart::kFocus:
        return add_focus();
      case SetPart::kEdge:
        return add_repeated("edge_", edge_target(size_, kEdgeDegrees));
      case SetPart::kDots:
        return add_repeated("cac_", dots_target(size_));
      case SetPart::kStep:
        return add_steps();
    }
  }

 private:
  SyntheticCapture& add(std::string file, TargetPointer target, std::size_t light) {
    SyntheticCapture capture;
    capture.file = std::move(file);
    capture.part = part_;
    capture.target = std::move(target);
    capture.light = light;
    capture.settings.lux = options_.lux;
    capture.settings.seed = mixed(options_.seed) ^ hash_of(capture.file);
    return set_.captures.emplace_back(std::move(capture));
  }

  double exposure(const SyntheticCapture& capture, double level) const {
    return sayable(exposure_for(camera_, options_.lights[capture.light], capture.settings, level));
  }

  ChartPlace place_of(std::size_t light) const {
    KnownRandom random(options_.seed, KnownStream::kPlace, light);
    const auto around = [&](double most) { return most * (2 * random.uniform() - 1); };
    const double shape = double(size_.height) / size_.width;
    ChartPlace place;
    place.width = std::min(0.62, 0.84 * shape);
    place.tilt = around(options_.tilt);
    place.turn = around(options_.turn);
    place.x += around(0.03);
    place.y += around(0.03);
    return place;
  }

  void add_charts() {
    for (std::size_t i = 0; i < options_.lights.size(); i++) {
      const KnownLight& light = options_.lights[i];
      const ChartPlace place = place_of(i);
      SyntheticCapture& capture = add(chart_file(light, options_.lux), chart_target(checker_reflectances(), {&place, 1}, size_), i);
      capture.charts = {place};
      capture.settings.glare = options_.glare;
      capture.settings.exposure_us = exposure(capture, kChartLevel);
    }
  }

  void add_flats() {
    for (std::size_t i = 0; i < options_.lights.size(); i++) {
      for (int k = 0; k < kFlatsEach; k++) {
        SyntheticCapture& capture = add(flat_file(options_.lights[i]), even_target(white_surface()), i);
        capture.settings.exposure_us = exposure(capture, kFlatLevel);
      }
    }
  }

  /// The convention has the temperature alone: lights of the same one are counted on.
  std::string flat_file(const KnownLight& light) const {
    for (int k = 0;; k++) {
      const std::string name = "alsc_" + light_part(light) + "_" + std::to_string(k) + ".dng";
      const auto same = [&](const SyntheticCapture& other) { return other.file == name; };
      if (std::none_of(set_.captures.begin(), set_.captures.end(), same)) return name;
    }
  }

  void add_darks() {
    for (const float gain : options_.gains) {
      for (int k = 0; k < kDarksEach; k++) {
        SyntheticCapture& capture =
            add("dark_g" + number(double(gain)) + "_" + std::to_string(k) + ".dng", even_target(white_surface()), daylight_);
        capture.settings.gain = double(gain);
        capture.settings.lux = 0;
        capture.settings.exposure_us = sayable(kDarkExposure);
      }
    }
  }

  void add_ramps() {
    for (const float gain : options_.gains) {
      std::size_t index = 0;
      for (const double level : kRampLevels) {
        for (int k = 0; k < 2; k++) {
          SyntheticCapture& capture =
              add("ramp_g" + number(double(gain)) + "_" + two_digits(index++) + ".dng", even_target(white_surface()), daylight_);
          capture.settings.gain = double(gain);
          capture.settings.exposure_us = exposure(capture, level);
        }
      }
    }
  }

  void add_focus() {
    for (const double distance : kFocusDistances) {
      std::size_t index = 0;
      for (const LensWay way : {LensWay::kFromBelow, LensWay::kFromAbove}) {
        for (std::size_t i = 0; i < kFocusSteps.size(); i++) {
          const int step = kFocusSteps[way == LensWay::kFromBelow ? i : kFocusSteps.size() - 1 - i];
          const double code = std::max(0.0, std::round(code_of_dioptres(camera_.lens, 1 / distance, way) + step));
          const std::string file = "focus_d" + number(distance * 1000) + "mm_" + two_digits(index++) + ".dng";
          SyntheticCapture& capture = add(file, grating_target(size_), daylight_);
          capture.distance = distance;
          capture.lens_code = code;
          capture.lens_way = way;
          const double defocus = std::abs(dioptres_of_code(camera_.lens, code, way) - 1 / distance);
          capture.settings.extra_blur = defocus * double(camera_.lens.blur_per_dioptre) / 4;  // a disc's deviation along an axis
          capture.settings.exposure_us = exposure(capture, kChartLevel);
        }
      }
    }
  }

  void add_repeated(const std::string& name, const TargetPointer& target) {
    for (int k = 0; k < 2; k++) {
      SyntheticCapture& capture = add(name + std::to_string(k) + ".dng", target, daylight_);
      capture.settings.exposure_us = exposure(capture, kChartLevel);
    }
  }

  void add_steps() {
    SyntheticCapture start;
    start.light = daylight_;
    start.settings.lux = options_.lux;
    const double exposure_us = exposure(start, kStepLevel);
    constexpr std::array<std::array<double, 2>, 7> kAsked{
        {{1, 1}, {2, 1}, {1, 2}, {0.5, 4}, {1, 1}, {0.25, 8}, {1, 2}}};  // exposure, gain, relative
    const auto frames = static_cast<int>(kStepFrames * kAsked.size());
    const auto asked = [&](int frame) { return kAsked[static_cast<std::size_t>(std::max(0, frame) / kStepFrames)]; };
    for (int i = 0; i < frames; i++) {
      SyntheticCapture& capture = add("step_" + two_digits(static_cast<std::size_t>(i)) + ".dng", even_target(white_surface()), daylight_);
      capture.asked_exposure_us = sayable(exposure_us * asked(i)[0]);
      capture.asked_gain = asked(i)[1];
      capture.settings.exposure_us = sayable(exposure_us * asked(i - camera_.sensor.exposure_delay)[0]);
      capture.settings.gain = asked(i - camera_.sensor.gain_delay)[1];
    }
  }

  SyntheticSet& set_;
  const SyntheticSetOptions& options_;
  const KnownCamera& camera_;
  Size size_;
  std::size_t daylight_ = 0;
  SetPart part_ = SetPart::kCharts;
};

}  // namespace

std::string chart_file(const KnownLight& light, double lux) {
  return "chart_" + light.file_name() + "_" + light_part(light) + "_" + std::to_string(std::lround(lux)) + "l.dng";
}

SyntheticSet plan_set(KnownCamera camera, SyntheticSetOptions options) {
  check(camera);
  check(options);
  std::sort(options.parts.begin(), options.parts.end());
  options.parts.erase(std::unique(options.parts.begin(), options.parts.end()), options.parts.end());
  SyntheticSet set{std::move(camera), std::move(options), {}};
  Planner planner(set);
  for (const SetPart part : set.options.parts) planner.add(part);
  if (set.options.fault) break_set(set, *set.options.fault);
  std::set<std::string_view> names;
  for (const SyntheticCapture& capture : set.captures) {
    if (!names.insert(capture.file).second)
      throw Error("two captures of a set would be ", capture.file, ": a light or a gain is named twice");
  }
  return set;
}

RawFrame frame_of(const SyntheticSet& set, const SyntheticCapture& capture) {
  RawFrame frame = make_capture(set.camera, *capture.target, set.options.lights.at(capture.light), capture.settings);
  if (capture.asked_exposure_us) frame.applied.settings.exposure = Microseconds(*capture.asked_exposure_us);
  if (capture.asked_gain) frame.applied.settings.analogue_gain = static_cast<float>(*capture.asked_gain);
  if (capture.nan_tag) frame.sensor.noise = {std::numeric_limits<float>::quiet_NaN(), 1e-6f};
  return frame;
}

}  // namespace argent
