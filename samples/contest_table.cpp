#include "samples/contest_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

namespace argent {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kNever = std::numeric_limits<double>::infinity();

double frames_or_never(const std::optional<int>& frames) { return frames ? *frames : kNever; }

bool light_level_changes(const ContestScenario& s) {
  return std::any_of(s.camera.light.events.begin(), s.camera.light.events.end(), [](const LightEvent& e) { return std::isfinite(e.lux); });
}

bool light_color_changes(const ContestScenario& s) {
  return std::any_of(s.camera.light.events.begin(), s.camera.light.events.end(), [](const LightEvent& e) { return std::isfinite(e.cct); });
}

bool about_flicker(const ContestScenario& s) {
  const auto varied = [&](std::string_view path) {
    return std::any_of(s.variations.begin(), s.variations.end(), [&](const Variation& v) { return v.path == path; });
  };
  return s.camera.light.flicker_hz > 0 || varied("light.flicker_hz") || s.camera.scene.kind == "stripes";
}

/// Right-aligned in 9 columns; "-" for what never happened.
std::string cell(double value, const char* format) {
  std::array<char, 32> number{};
  if (std::isfinite(value)) std::snprintf(number.data(), number.size(), format, value);
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%10s", std::isfinite(value) ? number.data() : "never");
  return out.data();
}

template <class Value>
std::vector<double> values_of(std::span<const ScoredRun> runs, Value value) {
  std::vector<double> out;
  for (const ScoredRun& run : runs) out.push_back(value(run.score));
  return out;
}

/// The worst of a run's steps.
template <class Value>
std::vector<double> steps_of(std::span<const ScoredRun> runs, Value value) {
  std::vector<double> out;
  for (const ScoredRun& run : runs) {
    for (const StepScore& step : run.score.steps) out.push_back(value(step));
  }
  return out;
}

double share(std::span<const double> values) {
  double sum = 0;
  for (double v : values) sum += v;
  return values.empty() ? 0 : 100 * sum / static_cast<double>(values.size());
}

double mean(std::span<const double> values) { return share(values) / 100; }

bool sharp(const RunScore& s) { return s.focus_error <= 0.5; }

}  // namespace

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return kNever;
  const auto at =
      static_cast<std::size_t>(std::clamp(std::ceil(share * static_cast<double>(values.size())) - 1, 0.0, double(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

std::string contest_header(const ContestScenario& s) {
  std::string out = "contestant  ";
  if (light_level_changes(s)) out += "   settled       95%    passed unclipped";
  out += "  ripple %   hunting";
  if (about_flicker(s)) out += "  found fr       95%   wrong % avoided % banding %";
  out += "     mired    wobble    degree";
  if (light_color_changes(s)) out += "  followed";
  if (s.request.first_trigger() >= 0) out += "  focus fr       95%   sharp %   false %  failed %";
  return out + "\n";
}

std::string contest_row(const ContestScenario& s, std::string_view contestant, std::span<const ScoredRun> runs) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "%-12s", std::string(contestant).c_str());
  std::string out = name.data();
  if (light_level_changes(s)) {
    const auto settled = steps_of(runs, [](const StepScore& t) { return frames_or_never(t.settled); });
    out += cell(quantile(settled, 0.5), "%.0f") + cell(quantile(settled, 0.95), "%.0f");
    out += cell(100 * quantile(steps_of(runs, [](const StepScore& t) { return t.overshoot; }), 0.95), "%.1f%%");
    out += cell(quantile(steps_of(runs, [](const StepScore& t) { return t.unclipped.value_or(0); }), 0.95), "%.0f");
  }
  out += cell(100 * quantile(values_of(runs, [](const RunScore& r) { return r.exposure_ripple; }), 0.95), "%.2f");
  out += cell(quantile(values_of(runs, [](const RunScore& r) { return double(r.hunting); }), 0.95), "%.0f");
  if (about_flicker(s)) {
    const auto found = values_of(runs, [](const RunScore& r) { return frames_or_never(r.flicker_found); });
    out += cell(quantile(found, 0.5), "%.0f") + cell(quantile(found, 0.95), "%.0f");
    out += cell(share(values_of(runs, [](const RunScore& r) { return r.flicker_wrong ? 1.0 : 0.0; })), "%.2f");
    const auto avoided = values_of(runs, [](const RunScore& r) { return r.flicker_avoided ? 1.0 : 0.0; });
    out += cell(share(avoided), "%.0f");
    std::vector<double> residual = values_of(runs, [](const RunScore& r) { return r.flicker_avoided ? r.flicker_residual : -1; });
    std::erase(residual, -1);
    out += residual.empty() ? cell(NAN, "") : cell(100 * quantile(residual, 0.95), "%.2f");
  }
  out += cell(mean(values_of(runs, [](const RunScore& r) { return std::abs(r.balance_error); })), "%.1f");
  out += cell(quantile(values_of(runs, [](const RunScore& r) { return r.balance_wobble; }), 0.95), "%.2f");
  out += cell(mean(values_of(runs, [](const RunScore& r) { return r.balance_angle; })), "%.2f");
  if (light_color_changes(s))
    out += cell(quantile(steps_of(runs, [](const StepScore& t) { return frames_or_never(t.balance_followed); }), 0.5), "%.0f");
  if (s.request.first_trigger() >= 0) {
    const auto frames = values_of(runs, [](const RunScore& r) { return frames_or_never(sharp(r) ? r.focus_reached : std::nullopt); });
    out += cell(quantile(frames, 0.5), "%.0f") + cell(quantile(frames, 0.95), "%.0f");
    out +=
        cell(share(values_of(runs, [](const RunScore& r) { return r.focus_state == AfState::kFocused && sharp(r) ? 1.0 : 0.0; })), "%.2f");
    out +=
        cell(share(values_of(runs, [](const RunScore& r) { return r.focus_state == AfState::kFocused && !sharp(r) ? 1.0 : 0.0; })), "%.2f");
    out += cell(share(values_of(runs, [](const RunScore& r) { return r.focus_state == AfState::kFailed ? 1.0 : 0.0; })), "%.2f");
  }
  return out + "\n";
}

std::string json_of_run(std::string_view scenario, std::string_view contestant, const ScoredRun& run) {
  const RunScore& s = run.score;
  const auto frames = [](const std::optional<int>& n) { return n ? Json(*n) : Json(nullptr); };
  const auto number = [](double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); };
  Json steps = Json::array();
  for (const StepScore& t : s.steps)
    steps.push_back({{"frame", t.frame},
                     {"settled", frames(t.settled)},
                     {"unclipped", frames(t.unclipped)},
                     {"overshoot", number(t.overshoot)},
                     {"balance_followed", frames(t.balance_followed)}});
  Json object{{"scenario", scenario}, {"contestant", contestant}, {"seed", run.seed}, {"steps", std::move(steps)}};
  object["exposure"] = {{"error_ev", number(s.final_exposure_error)}, {"ripple", number(s.exposure_ripple)}, {"hunting", s.hunting}};
  object["flicker"] = {{"found", frames(s.flicker_found)}, {"wrong", s.flicker_wrong}, {"residual", number(s.flicker_residual)}};
  object["white_balance"] = {
      {"mired", number(s.balance_error)}, {"degrees", number(s.balance_angle)}, {"wobble", number(s.balance_wobble)}};
  if (run.focus_asked) {
    constexpr std::array<std::string_view, 4> kStates{"idle", "scanning", "focused", "failed"};
    object["focus"] = {{"state", kStates[static_cast<std::size_t>(s.focus_state)]},
                       {"frames", frames(s.focus_reached)},
                       {"error_in_depths_of_field", number(s.focus_error)}};
  }
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace argent
