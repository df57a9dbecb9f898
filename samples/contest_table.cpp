#include "samples/contest_table.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "samples/state_names.h"

namespace argent {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNameWidth = 12, kWidth = 11;

std::string left(std::string text) {
  text.resize(std::max(text.size() + 1, kNameWidth), ' ');
  return text;
}

std::string right(const std::string& text) { return std::string(kWidth - std::min(kWidth - 1, text.size()), ' ') + text; }

Json frames(const std::optional<int>& n) { return n ? Json(*n) : Json(nullptr); }
Json number(double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); }

Json json_of(const StepScore& t) {
  return {{"frame", t.frame},
          {"settled", frames(t.settled)},
          {"reached", frames(t.reached)},
          {"upset", t.upset},
          {"unclipped", frames(t.unclipped)},
          {"overshoot", number(t.overshoot)},
          {"balance_followed", frames(t.balance_followed)}};
}

Json json_of(const FlickerScore& f) {
  return {{"pulses", f.pulses}, {"shown", frames(f.shown)}, {"found", frames(f.found)}, {"frames_to_find", frames(f.frames_to_find)},
          {"wrong", f.wrong},   {"avoidable", f.avoidable}, {"avoided", f.avoided},     {"residual", number(f.residual)}};
}

Json focus_json(const RunScore& s) {
  return {{"state", name_of(s.focus_state)}, {"frames", frames(s.focus_reached)}, {"error_in_depths_of_field", number(s.focus_error)}};
}

}  // namespace

std::string contest_header(const ContestScenario& scenario) {
  std::string out = left("contestant");
  for (const ContestColumn& column : columns_for(scenario)) out += right(column.title);
  return out + "\n";
}

std::string contest_row(const ContestScenario& scenario, std::string_view contestant, std::span<const ScoredRun> runs) {
  std::string out = left(std::string(contestant));
  for (const ContestColumn& column : columns_for(scenario)) out += right(text_of(column, runs));
  return out + "\n";
}

std::string json_of_run(std::string_view scenario, std::string_view contestant, const ScoredRun& run) {
  const RunScore& s = run.score;
  Json steps = Json::array();
  for (const StepScore& t : s.steps) steps.push_back(json_of(t));
  Json object{{"scenario", scenario}, {"contestant", contestant}, {"seed", run.seed}, {"steps", std::move(steps)}};
  object["exposure"] = {{"error_ev", number(s.final_exposure_error)}, {"ripple", number(s.exposure_ripple)}, {"hunting", s.hunting}};
  object["flicker"] = json_of(s.flicker);
  object["white_balance"] = {
      {"mired", number(s.balance_error)}, {"degrees", number(s.balance_angle)}, {"wobble", number(s.balance_wobble)}};
  if (s.zone_angle_plain > 0)
    object["mixed_light"] = {
        {"zone_degrees", number(s.zone_angle)}, {"zone_degrees_one_estimate", number(s.zone_angle_plain)}, {"two_lights", s.two_lights}};
  if (run.focus_asked) object["focus"] = focus_json(s);
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace argent
