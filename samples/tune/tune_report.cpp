#include "samples/tune/tune_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "calibration/tune/term_score.h"
#include "samples/plot_page.h"
#include "samples/tune/front_plot.h"

namespace argent {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kStyle = R"(
body{font:15px/1.45 system-ui,sans-serif;color:#111;background:#fff;margin:2em auto;padding:0 1.5em;max-width:1300px}
h2{margin-top:2.2em;border-bottom:2px solid #111}table{border-collapse:collapse;margin:.4em 0 1.2em;font-size:14px}
th,td{padding:.25em .6em;text-align:right;border-bottom:1px solid #bbb;white-space:nowrap}th:first-child,td:first-child{text-align:left}
.good{color:#0b6b2b;font-weight:600}.bad{color:#b3261e;font-weight:600}.wide{overflow-x:auto}.front{font-size:12px;max-width:100%}
.verdict{font-size:17px;padding:.6em .8em;border-left:5px solid #444;background:#f4f4f4}.legend{font-size:13px;min-height:1.4em}
.bar{display:inline-block;height:.7em;background:#1558b0;vertical-align:middle}
)";

constexpr const char* kScript = R"(
function plot(id, rows, labels, unit) {
  new Dygraph(document.getElementById(id), rows, {labels: labels, labelsDiv: id + '_legend', legend: 'always', xlabel: 'frame',
    ylabel: unit, colors: ['#c2570c', '#1558b0', '#444444'], strokeWidth: 1.6, axes: {y: {axisLabelWidth: 58}}, gridLineColor: '#ddd'});
}
)";

std::string cell(const std::string& text) { return "<td>" + html_of(text) + "</td>"; }
std::string head(std::initializer_list<const char*> names) {
  std::string out = "<div class=\"wide\"><table><tr>";
  for (const char* name : names) out += "<th>" + html_of(name) + "</th>";
  return out + "</tr>\n";
}

/// Below 1 better, above it worse, by half a percent at least.
std::string ratio_cell(double ratio) {
  const char* style = ratio < 0.995 ? " class=\"good\"" : ratio > 1.005 ? " class=\"bad\"" : "";
  return "<td" + std::string(style) + ">" + number_text(ratio) + "</td>";
}

std::string terms_table(const TuneResult& result) {
  const TuneCandidate& choice = result.choice();
  std::string out = head({"term", "unit", "start", "held out", "ratio", "ratio on the cases tuned on", "meaning"});
  for (std::size_t t = 0; t < result.terms.size(); t++) {
    out += "<tr>" + cell(result.terms[t]) + cell(result.term_details[t].unit) + cell(number_text(choice.held_out.start[t])) +
           cell(number_text(choice.held_out.tuned[t])) + ratio_cell(choice.held_out.ratio[t]) + cell(number_text(choice.seen.ratio[t])) +
           cell(result.term_details[t].meaning) + "</tr>\n";
  }
  out += "<tr><td><b>score</b></td><td></td><td>1</td>" + cell(number_text(choice.held_out.score)) + ratio_cell(choice.held_out.score) +
         cell(number_text(choice.seen.score)) + "<td></td></tr></table></div>\n<p>Fold by fold, tuned on the others:";
  for (const TermComparison& fold : choice.folds) out += " " + number_text(fold.score);
  return out + ".</p>\n";
}

std::string parameters_table(const TunedTask& tuned) {
  const TuneResult& result = tuned.result;
  const TuneCandidate& choice = result.choice();
  double most = 1e-9;
  const auto effect = [&](const Sensitivity& s) {
    return std::max({std::abs(s.lower - choice.seen.score), std::abs(s.higher - choice.seen.score), std::abs(s.back - choice.seen.score)});
  };
  for (const Sensitivity& s : result.sensitivities) most = std::max(most, effect(s));
  std::string out = head({"parameter", "start", "tuned", "in the folds", "from", "to", "10 % lower", "10 % higher", "back to the start",
                          "how much it matters"});
  const auto& parameters = tuned.task->space.parameters();
  for (std::size_t i = 0; i < parameters.size(); i++) {
    const Sensitivity& s = result.sensitivities[i];
    std::string folds;
    for (const TunedValues& values : choice.fold_values) folds += (folds.empty() ? "" : ", ") + number_text(values[i]);
    std::array<char, 80> bar{};
    std::snprintf(bar.data(), bar.size(), "<span class=\"bar\" style=\"width:%.0fpx\"></span>", 120 * effect(s) / most);
    out += "<tr title=\"" + html_of(parameters[i].meaning) + "\">" + cell(parameters[i].path) + cell(number_text(parameters[i].start)) +
           cell(number_text(choice.values[i])) + cell(folds) + cell(number_text(parameters[i].low)) +
           cell(number_text(parameters[i].high)) + cell(number_text(s.lower)) + cell(number_text(s.higher)) + cell(number_text(s.back)) +
           "<td style=\"text-align:left\">" + bar.data() + "</td></tr>\n";
  }
  return out + "</table></div>\n<p>The last columns are scores on all cases with that one parameter changed; tuned it is " +
         number_text(choice.seen.score) + ".</p>\n";
}

std::string candidates_table(const TuneResult& result) {
  if (result.candidates.size() < 2) return "";
  std::string out =
      "<h3>Candidates: weightings of the terms</h3>\n<div class=\"wide\"><table><tr><th>candidate</th><th>score</th><th>better in</th>";
  for (const std::string& term : result.terms) out += "<th>" + html_of(term) + "</th>";
  out += "</tr>\n";
  for (std::size_t i = 0; i < result.candidates.size(); i++) {
    const TuneCandidate& one = result.candidates[i];
    out += "<tr>" +
           cell(std::to_string(i) + (i == result.picked ? " (picked)"
                                     : one.on_front     ? ""
                                                        : " (behind the front)")) +
           ratio_cell(one.held_out.score) + cell(std::to_string(std::lround(100 * one.better)) + " %");
    for (double ratio : one.held_out.ratio) out += ratio_cell(ratio);
    out += "</tr>\n";
  }
  return out + "</table></div>\n<p>Ratios to the start on held-out cases. A score is by the candidate's own weights.</p>\n";
}

/// Groups with what the start and the held-out parameters make of them.
std::string cases_table(const TunedTask& tuned, std::size_t objective, std::size_t first) {
  const TuneObjective& of = *tuned.task->objectives[objective];
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < of.cases().size(); i++) groups[of.cases()[i].group].push_back(first + i);
  constexpr std::size_t kMostGroups = 60;
  std::string out =
      "<details" + std::string(groups.size() < 25 ? " open" : "") + "><summary>" + html_of(of.name()) +
      ": before and after, by group of cases (mean of its cases, held out)</summary><div class=\"wide\"><table><tr><th>group</th>"
      "<th>cases</th><th>fold</th>";
  for (const TuneTerm& term : of.terms()) {
    if (term.sum == TermSum::kMean) out += "<th>" + html_of(term.name) + ", " + html_of(term.unit) + "</th><th></th>";
  }
  out += "</tr>\n";
  std::size_t shown = 0;
  for (const auto& [name, members] : groups) {
    if (shown++ == kMostGroups) break;
    out += "<tr>" + cell(name) + cell(std::to_string(members.size())) + cell(std::to_string(tuned.result.case_folds[members.front()]));
    for (const TuneTerm& term : of.terms()) {
      if (term.sum != TermSum::kMean) continue;
      std::vector<const CaseResult*> start, after;
      for (std::size_t i : members) {
        start.push_back(&tuned.result.case_start[i]);
        after.push_back(&tuned.result.case_held_out[i]);
      }
      const double a = sum_of(term, start), b = sum_of(term, after);
      const double ratio = ratio_of(term, b, a);
      const char* style = ratio < 0.995 ? "good" : ratio > 1.005 ? "bad" : "";
      out += cell(number_text(a)) + "<td class=\"" + style + "\">" + number_text(b) + "</td>";
    }
    out += "</tr>\n";
  }
  if (groups.size() > kMostGroups) out += "<tr><td>and " + std::to_string(groups.size() - kMostGroups) + " more</td></tr>";
  return out + "</table></div></details>\n";
}

struct Curve {
  const char *title, *unit;
  double (*value)(const FrameRecord&);
};

const std::vector<Curve>& curves_of(const std::string& controller) {
  static const std::vector<Curve> kExposure{
      {"Brightness of the picture, noise-free, off the target", "EV", [](const FrameRecord& f) { return -f.picture_error; }},
      {"Exposure of the sensor, off the target", "EV", [](const FrameRecord& f) { return -f.exposure_error; }}};
  static const std::vector<Curve> kBalance{
      {"Color temperature", "mired", [](const FrameRecord& f) { return 1e6 / std::max(f.decision.controls.colour_temperature, 1.0f); }}};
  static const std::vector<Curve> kFocus{
      {"Lens", "dioptres", [](const FrameRecord& f) { return double(f.lens_position); }},
      {"Distance from the sharpest place", "depths of field",
       [](const FrameRecord& f) { return double(std::abs(f.lens_position - f.sharpest)) / std::max(double(f.depth_of_field), 1e-6); }}};
  return controller == "ae" ? kExposure : controller == "awb" ? kBalance : kFocus;
}

std::string response_plot(const Curve& curve, const Run& before, const Run& after, const std::string& id) {
  constexpr std::size_t kMostPoints = 1500;
  const std::size_t step = before.frames.size() / kMostPoints + 1;
  Json rows = Json::array();
  const auto rounded = [](double v) { return std::isfinite(v) ? Json(std::round(v * 1e4) / 1e4) : Json(nullptr); };
  for (std::size_t i = 0; i < std::min(before.frames.size(), after.frames.size()); i += step)
    rows.push_back({before.frames[i].frame, rounded(curve.value(before.frames[i])), rounded(curve.value(after.frames[i]))});
  const Json labels = {"frame", "start", "tuned"};
  return "<figure><figcaption>" + html_of(before.scenario.name) + ": " + curve.title + "</figcaption><div class=\"legend\" id=\"" + id +
         "_legend\"></div><div class=\"plot\" id=\"" + id + "\"></div></figure>\n<script>plot('" + id + "'," + rows.dump() + "," +
         labels.dump() + ",'" + curve.unit + "');</script>\n";
}

/// The file's own run of each scenario that the task is judged by.
std::string responses(const TunedTask& tuned, const CameraProfile& start, const std::vector<TuneScenario>& scenarios, int most_frames) {
  std::string out;
  for (const auto& objective : tuned.task->objectives) {
    if (objective->name().find("=response") == std::string::npos) continue;
    for (std::size_t i = 0; i < scenarios.size(); i++) {
      const auto is_of = [&](const TuneCase& c) { return c.name.starts_with(scenarios[i].name + " run "); };
      if (std::none_of(objective->cases().begin(), objective->cases().end(), is_of)) continue;
      ContestScenario scenario = scenarios[i].scenario;
      scenario.camera.name = scenarios[i].name;
      scenario.camera.frames = std::min(scenario.camera.frames, most_frames);
      ControllerParams before = start.aaa, after = tuned.task->space.params(tuned.result.choice().values);
      if (tuned.task->controller != "awb") before.white_balance.estimator = after.white_balance.estimator = "grey_world";
      const Run first = play(scenario, 0, "argent", before), second = play(scenario, 0, "argent", after);
      int number = 0;
      for (const Curve& curve : curves_of(tuned.task->controller))
        out += response_plot(curve, first, second, tuned.task->controller + std::to_string(i) + "_" + std::to_string(number++));
    }
  }
  return out.empty() ? "" : "<h3>Before and after: each scenario's first run</h3>\n<div class=\"plots\">\n" + out + "</div>\n";
}

std::string part_of(const TunedTask& tuned, const CameraProfile& start, const std::vector<TuneScenario>& scenarios,
                    const ResponseOptions& response) {
  static const std::map<std::string, std::string> kTitles{{"ae", "Exposure"}, {"awb", "White balance"}, {"af", "Focus"}};
  std::string out = "<h2>" + kTitles.at(tuned.task->controller) + "</h2>\n<p class=\"verdict\">" + html_of(verdict_of(tuned)) + "</p>\n";
  out += terms_table(tuned.result) + "<h3>Parameters</h3>\n" + parameters_table(tuned) + candidates_table(tuned.result);
  const std::string front = front_plot(tuned.result);
  if (!front.empty()) {
    out += "<h3>What is traded for what</h3>\n" + front +
           "<p>Dots: points that were tried, on all cases. Circles: candidates, on cases they were not tuned on.</p>\n";
  }
  out += "<h3>Cases</h3>\n";
  std::size_t first = 0;
  for (std::size_t o = 0; o < tuned.task->objectives.size(); o++) {
    out += cases_table(tuned, o, first);
    first += tuned.task->objectives[o]->cases().size();
  }
  return out + responses(tuned, start, scenarios, response.frames);
}

}  // namespace

std::string tune_report(const std::vector<TunedTask>& tuned, const CameraProfile& start, const std::vector<TuneScenario>& scenarios,
                        const ResponseOptions& response) {
  std::string out =
      "<h1>Tuned parameters</h1>\n<p>Ratios are tuned over start: below 1 is better. What is called held out is judged on cases that the "
      "parameters were not tuned on: for each fold they are tuned on the other folds. Only parameters that are better there replace the "
      "start's.</p>\n";
  for (const TunedTask& one : tuned) out += part_of(one, start, scenarios, response);
  return plot_page("Argent: tuned parameters", out, {kStyle, kScript});
}

}  // namespace argent
