#include "samples/contest_columns.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace argent {
namespace {

using Runs = std::span<const ScoredRun>;

constexpr double kNever = std::numeric_limits<double>::infinity();

double number_of(const std::optional<int>& frames) { return frames ? *frames : kNever; }
double number_of(bool value) { return value ? 1 : 0; }
double number_of(double value) { return value; }

template <class Value>
std::vector<double> values_of(Runs runs, Value value) {
  std::vector<double> out;
  for (const ScoredRun& run : runs) out.push_back(number_of(value(run.score)));
  return out;
}

/// Of the runs for which `where` holds.
template <class Where, class Value>
std::vector<double> values_where(Runs runs, Where where, Value value) {
  std::vector<double> out;
  for (const ScoredRun& run : runs) {
    if (where(run.score)) out.push_back(number_of(value(run.score)));
  }
  return out;
}

template <class Value>
std::vector<double> steps_of(Runs runs, Value value) {
  std::vector<double> out;
  for (const ScoredRun& run : runs) {
    for (const StepScore& step : run.score.steps) out.push_back(number_of(value(step)));
  }
  return out;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (double v : values) sum += v;
  return values.empty() ? NAN : sum / static_cast<double>(values.size());
}

double percent(const std::vector<double>& values) { return 100 * mean(values); }

bool shown(const RunScore& r) { return r.flicker.shown.has_value(); }
bool hidden(const RunScore& r) { return r.flicker.pulses && !r.flicker.shown; }
bool sharp(const RunScore& r) { return r.focus_error <= 0.5; }
bool focused(const RunScore& r) { return r.focus_state == AfState::kFocused; }
std::optional<int> sharp_after(const RunScore& r) { return sharp(r) ? r.focus_reached : std::nullopt; }

constexpr std::array<ContestColumn, 4> kLevel{{
    {"settled", "frames until the picture stays within 2 % of the contestant's own target, the exposure too; median of the steps", "%.0f",
     [](Runs runs) { return quantile(steps_of(runs, [](const StepScore& t) { return t.settled; }), 0.5); }},
    {"95%", "not passed by 95 % of the steps", "%.0f",
     [](Runs runs) { return quantile(steps_of(runs, [](const StepScore& t) { return t.settled; }), 0.95); }},
    {"passed %", "how far the brightness went past the target on the way, 95 % of the steps", "%.1f",
     [](Runs runs) { return 100 * quantile(steps_of(runs, [](const StepScore& t) { return t.overshoot; }), 0.95); }},
    {"unclipped", "frames until no more than 1 % of the frame are clipped, 95 % of the steps that clip", "%.0f",
     [](Runs runs) {
       std::vector<double> frames;
       for (const ScoredRun& run : runs) {
         for (const StepScore& t : run.score.steps) {
           if (t.clips) frames.push_back(number_of(t.unclipped));
         }
       }
       return quantile(frames, 0.95);
     }},
}};

constexpr std::array<ContestColumn, 3> kUpset{{
    {"reached", "frames until the exposure is within 2 %, whatever comes later; median of the steps", "%.0f",
     [](Runs runs) { return quantile(steps_of(runs, [](const StepScore& t) { return t.reached; }), 0.5); }},
    {"95%", "not passed by 95 % of the steps", "%.0f",
     [](Runs runs) { return quantile(steps_of(runs, [](const StepScore& t) { return t.reached; }), 0.95); }},
    {"upset fr", "longest stretch of frames after that whose picture is off by more than 2 % again, 95 % of the steps", "%.0f",
     [](Runs runs) { return quantile(steps_of(runs, [](const StepScore& t) { return double(t.upset); }), 0.95); }},
}};

constexpr std::array<ContestColumn, 2> kRest{{
    {"ripple %", "rms of the picture's brightness at rest, 95 % of the runs", "%.2f",
     [](Runs runs) { return 100 * quantile(values_of(runs, [](const RunScore& r) { return r.exposure_ripple; }), 0.95); }},
    {"hunting", "changes of the exposure's direction at rest, 95 % of the runs", "%.0f",
     [](Runs runs) { return quantile(values_of(runs, [](const RunScore& r) { return double(r.hunting); }), 0.95); }},
}};

constexpr std::array<ContestColumn, 9> kPulsing{{
    {"seen 2% %",
     "runs whose row sums show a modulation of 2 % or more until the period is found or for 30 frames; the next four columns are of these",
     "%.1f", [](Runs runs) { return percent(values_of(runs, shown)); }},
    {"in 30fr %", "found the light's period at most 30 frames after the first that shows 2 %, and held it to the end", "%.1f",
     [](Runs runs) {
       return percent(
           values_where(runs, shown, [](const RunScore& r) { return r.flicker.frames_to_find.value_or(kTimeToFind + 1) <= kTimeToFind; }));
     }},
    {"found fr", "frames from the first that shows 2 %, median", "%.0f",
     [](Runs runs) { return quantile(values_where(runs, shown, [](const RunScore& r) { return r.flicker.frames_to_find; }), 0.5); }},
    {"95%", "not passed by 95 % of these runs", "%.0f",
     [](Runs runs) { return quantile(values_where(runs, shown, [](const RunScore& r) { return r.flicker.frames_to_find; }), 0.95); }},
    {"right %", "the light's period at the end and never another one", "%.1f",
     [](Runs runs) {
       return percent(values_where(runs, shown, [](const RunScore& r) { return r.flicker.found.has_value() && !r.flicker.wrong; }));
     }},
    {"wrong %", "another period was claimed on some frame, of all runs", "%.2f",
     [](Runs runs) { return percent(values_of(runs, [](const RunScore& r) { return r.flicker.wrong; })); }},
    {"hidden ok%", "found all the same, of the runs whose row sums show less or only in passing", "%.1f",
     [](Runs runs) { return percent(values_where(runs, hidden, [](const RunScore& r) { return r.flicker.found.has_value(); })); }},
    {"avoidable%", "a whole period fits into the exposure that the scene asks for at the end, of all runs", "%.1f",
     [](Runs runs) { return percent(values_of(runs, [](const RunScore& r) { return r.flicker.avoidable; })); }},
    {"banding %", "modulation that is left in the rows at the end where it is avoidable, 95 % of these runs", "%.2f",
     [](Runs runs) {
       return 100 * quantile(values_where(
                                 runs, [](const RunScore& r) { return r.flicker.avoidable; },
                                 [](const RunScore& r) { return r.flicker.residual; }),
                             0.95);
     }},
}};

constexpr std::array<ContestColumn, 1> kSteady{{
    {"alarms %", "a mains period was claimed on some frame, although the light is steady", "%.2f",
     [](Runs runs) { return percent(values_of(runs, [](const RunScore& r) { return r.flicker.wrong; })); }},
}};

constexpr std::array<ContestColumn, 3> kBalance{{
    {"mired", "error of the color temperature at the end, mean", "%.1f",
     [](Runs runs) { return mean(values_of(runs, [](const RunScore& r) { return std::abs(r.balance_error); })); }},
    {"wobble", "mired, its rms at rest, 95 % of the runs", "%.2f",
     [](Runs runs) { return quantile(values_of(runs, [](const RunScore& r) { return r.balance_wobble; }), 0.95); }},
    {"degree", "angular error of the gains at the end, mean", "%.2f",
     [](Runs runs) { return mean(values_of(runs, [](const RunScore& r) { return r.balance_angle; })); }},
}};

constexpr std::array<ContestColumn, 1> kFollowed{{
    {"followed", "frames until 90 % of the change of color is followed, median of the steps", "%.0f",
     [](Runs runs) { return quantile(steps_of(runs, [](const StepScore& t) { return t.balance_followed; }), 0.5); }},
}};

constexpr std::array<ContestColumn, 5> kMixed{{
    {"one deg", "mean angular error over the zones with one pair of gains, mean of the runs", "%.2f",
     [](Runs runs) { return mean(values_of(runs, [](const RunScore& r) { return r.zone_angle_plain; })); }},
    {"map deg", "the same with the gain map", "%.2f",
     [](Runs runs) { return mean(values_of(runs, [](const RunScore& r) { return r.zone_angle; })); }},
    {"map/one", "the ratio of the two", "%.2f",
     [](Runs runs) {
       return mean(values_of(runs, [](const RunScore& r) { return r.zone_angle; })) /
              mean(values_of(runs, [](const RunScore& r) { return r.zone_angle_plain; }));
     }},
    {"two %", "runs in which two lights were found", "%.0f",
     [](Runs runs) { return percent(values_of(runs, [](const RunScore& r) { return r.two_lights; })); }},
    {"worse %", "runs in which the map made it worse", "%.1f",
     [](Runs runs) { return percent(values_of(runs, [](const RunScore& r) { return r.zone_angle > r.zone_angle_plain; })); }},
}};

constexpr std::array<ContestColumn, 5> kFocus{{
    {"focus fr", "frames from the trigger to Focused and sharp, median", "%.0f",
     [](Runs runs) { return quantile(values_of(runs, sharp_after), 0.5); }},
    {"95%", "not passed by 95 % of the runs", "%.0f", [](Runs runs) { return quantile(values_of(runs, sharp_after), 0.95); }},
    {"sharp %", "Focused within half a depth of field", "%.2f",
     [](Runs runs) { return percent(values_of(runs, [](const RunScore& r) { return focused(r) && sharp(r); })); }},
    {"false %", "Focused and not sharp", "%.2f",
     [](Runs runs) { return percent(values_of(runs, [](const RunScore& r) { return focused(r) && !sharp(r); })); }},
    {"failed %", "reported as Failed", "%.2f",
     [](Runs runs) { return percent(values_of(runs, [](const RunScore& r) { return r.focus_state == AfState::kFailed; })); }},
}};

bool varied(const ContestScenario& s, std::string_view path) {
  return std::any_of(s.variations.begin(), s.variations.end(), [&](const Variation& v) { return v.path == path; });
}

bool light_changes(const ContestScenario& s, float LightEvent::*what) {
  return std::any_of(s.camera.light.events.begin(), s.camera.light.events.end(),
                     [&](const LightEvent& e) { return std::isfinite(e.*what); });
}

}  // namespace

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return NAN;
  const auto at =
      static_cast<std::size_t>(std::clamp(std::ceil(share * static_cast<double>(values.size())) - 1, 0.0, double(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

std::vector<ContestColumn> columns_for(const ContestScenario& s) {
  std::vector<ContestColumn> out;
  const auto add = [&](const auto& columns) {
    for (const ContestColumn& column : columns) out.push_back(column);
  };
  const LightParams& light = s.camera.light;
  const SensorParams& sensor = s.camera.sensor;
  const bool lossy = sensor.drop_rate > 0 || sensor.corrupt_rate > 0;
  const bool pulsing = (light.flicker_hz > 0 && light.flicker_depth > 0) || varied(s, "light.flicker_hz");
  if (light_changes(s, &LightEvent::lux)) add(kLevel);
  if (light_changes(s, &LightEvent::lux) && lossy) add(kUpset);
  add(kRest);
  if (pulsing) add(kPulsing);
  if (!pulsing && s.camera.scene.kind == "stripes") add(kSteady);
  if (light.second_cct > 0) {
    add(kMixed);
  } else {
    add(kBalance);
  }
  if (light_changes(s, &LightEvent::cct)) add(kFollowed);
  if (s.request.first_trigger() >= 0) add(kFocus);
  return out;
}

std::string text_of(const ContestColumn& column, std::span<const ScoredRun> runs) {
  const double value = column.value(runs);
  if (std::isnan(value)) return "-";
  if (std::isinf(value)) return "never";
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), column.format, value);
  return out.data();
}

}  // namespace argent
