#include "calibration/contest/contest.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "calibration/contest/contestant.h"
#include "camera/simulation/sensor_color.h"
#include "camera/simulation/zone_plant.h"

namespace argent {
namespace {

/// Digital gain may make up for whole lines and gain codes (the coarsest of imx219 are 4.5 % apart), not for a correction that is late.
constexpr double kQuantisation = 1.05;

FrameRecord record_of(const Statistics& statistics, const FrameTruth& truth) {
  FrameRecord out;
  out.seconds = statistics.applied.timestamp.count() * 1e-6;
  out.sequence = statistics.applied.sequence;
  out.applied = statistics.applied.settings;
  out.brightness = truth.scene_luma * out.applied.exposure.count() * static_cast<double>(out.applied.analogue_gain);
  for (int row = 0; row < truth.clean->rows; row++) {
    for (int column = 0; column < truth.clean->columns; column++) out.clipped += truth.clean->zone(column, row).clipped;
  }
  out.clipped /= truth.clean->rows * truth.clean->columns;
  out.flicker_modulation = truth.flicker_modulation;
  out.flicker_period_us = truth.flicker_period_us;
  out.cct = truth.cct;
  out.white = truth.white;
  out.lens_position = truth.lens_position;
  out.sharpest = truth.sharpest;
  out.depth_of_field = truth.depth_of_field;
  return out;
}

double mean(const std::vector<float>& values) { return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size()); }

/// What mixed light does to each zone. Nothing to say under one light.
void judge_zones(const FrameTruth& truth, FrameRecord& record, ZoneErrors& zones) {
  if (truth.zone_white.empty()) return;
  zones = zone_errors(truth.zone_white, truth.clean->columns, truth.clean->rows, record.decision.controls);
  record.zone_angle = mean(zones.mapped);
  record.zone_angle_plain = mean(zones.plain);
}

/// The first frames that show the events' light, and those that were asked for another exposure or white balance. What concerns focus
/// alone is no step that these have to settle after.
std::vector<int> event_frames(const Run& run, const RequestScript& request) {
  std::vector<float> times;
  for (const LightEvent& event : run.scenario.light.events) times.push_back(event.time + event.ramp);
  const RequestState* before = &request;
  for (const RequestEvent& event : request.events) {
    if (differ_in_light(*before, event.state)) times.push_back(event.time);
    before = &event.state;
  }
  std::sort(times.begin(), times.end());
  std::vector<int> out;
  for (float time : times) {
    const auto shown = std::find_if(run.frames.begin(), run.frames.end(), [&](const FrameRecord& f) { return begun(f.seconds, time); });
    if (shown != run.frames.end()) out.push_back(shown->frame);
  }
  return out;
}

}  // namespace

ControllerParams facts_of(const Scenario& scenario, std::vector<CctPoint> curve, ControllerParams params) {
  params.white_balance.prior.curve = std::move(curve);
  for (FocusRange* range : {&params.focus.normal, &params.focus.macro, &params.focus.full}) {
    range->min = std::max(range->min, scenario.lens.min_position);
    range->max = std::min(range->max, scenario.lens.max_position);
  }
  params.focus.lens.lag = scenario.lens.lag;
  if (scenario.lens.phase_gain != 0) params.focus.phase_gain = 1 / scenario.lens.phase_gain;
  return params;
}

ControllerParams facts_of(const Scenario& scenario, ControllerParams params) {
  return facts_of(scenario, SensorColor(scenario).cct_curve(), std::move(params));
}

Run play(const ContestScenario& scenario, int run, std::string_view name, const ControllerParams& params) {
  Run out;
  out.scenario = scenario_of_run(scenario, run);
  ZonePlant plant(out.scenario);
  ControllerParams facts = facts_of(out.scenario, plant.cct_curve(), params);
  facts.focus.lens.lag *= scenario.told.lens_lag;
  const auto contestant = make_contestant(name, facts);
  out.frames.reserve(static_cast<std::size_t>(out.scenario.frames));
  RequestSequence requests(scenario.request, out.scenario);
  for (int i = 0; i < out.scenario.frames; i++) {
    const Statistics& statistics = plant.next();
    const Request request = requests.at(statistics.applied.timestamp.count() * 1e-6);
    if (out.trigger < 0 && request.af_trigger == AfTrigger::kStart) out.trigger = i;
    FrameRecord record = record_of(statistics, plant.truth());
    record.frame = i;
    record.longest_exposure_us = request.max_frame_duration.count();
    record.decision = contestant->update(statistics, request);
    const double made_up = std::clamp<double>(record.decision.controls.digital_gain, 1 / kQuantisation, kQuantisation);
    const double error = contestant->exposure_error(*plant.truth().clean, request, record.decision.controls.colour_gains);
    record.exposure_error = error - std::log2(made_up);
    record.picture_error = error - std::log2(record.decision.controls.digital_gain);
    judge_zones(plant.truth(), record, out.zones);
    plant.apply(record.decision.controls.sensor);
    plant.set_colour_gains(record.decision.controls.colour_gains);
    out.frames.push_back(std::move(record));
  }
  out.events = event_frames(out, scenario.request);
  out.score = score(out.frames, out.events, out.trigger);
  return out;
}

}  // namespace argent
