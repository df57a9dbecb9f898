#include "samples/json.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "isp/color_space.h"
#include "samples/rect_text.h"

namespace argent {
namespace {

using Json = nlohmann::ordered_json;

/// A float in as few digits as read back equal: 0.18, not 0.18000000715255737.
Json number(float value) {
  if (!std::isfinite(value)) return nullptr;
  char text[32];
  const auto [end, failure] = std::to_chars(text, text + sizeof text, value);
  double shortest = value;
  if (failure == std::errc()) std::from_chars(text, end, shortest);
  return shortest;
}

/// Milliseconds, to the microsecond.
Json milliseconds(double value) { return std::round(value * 1000) / 1000; }

template <std::size_t N>
Json numbers(const std::array<float, N>& values) {
  Json list = Json::array();
  for (const float value : values) list.push_back(number(value));
  return list;
}

/// 0 stands for "not known" in the library; JSON has a word for that.
Json known(float value) { return value > 0 ? number(value) : Json(nullptr); }

std::string line_of(const Json& object) { return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json camera_of(const RawFrame& frame) {
  return {{"make", frame.sensor.make},
          {"model", frame.sensor.model},
          {"width", frame.sensor.active.width},
          {"height", frame.sensor.active.height},
          {"exposure_us", known(static_cast<float>(frame.applied.settings.exposure.count()))},
          {"analogue_gain", number(frame.applied.settings.analogue_gain)},
          {"f_number", known(frame.applied.f_number)},
          {"time", frame.capture.time.empty() ? Json(nullptr) : Json(frame.capture.time)},
          {"as_shot_gains", frame.capture.as_shot_gains ? numbers(*frame.capture.as_shot_gains) : Json(nullptr)},
          {"baseline_exposure", frame.capture.baseline_exposure ? number(*frame.capture.baseline_exposure) : Json(nullptr)}};
}

Json exposure_of(const Decision& decision) {
  const ExposureTrace& trace = decision.trace.exposure;
  return {{"error_ev", number(trace.error)},  {"measured", number(trace.measured)},
          {"target", number(trace.target)},   {"reason", trace.reason},
          {"clipped", number(trace.clipped)}, {"dark", number(trace.dark)},
          {"lux", known(trace.lux)},          {"digital_gain", number(decision.controls.digital_gain)}};
}

/// [mired, probability] of lights along the sensor's curve; null for an estimator that does not search it.
Json posterior_of(const CurvePosterior& posterior) {
  if (posterior.size == 0) return nullptr;
  Json points = Json::array();
  for (std::size_t i = 0; i < static_cast<std::size_t>(posterior.size); i++)
    points.push_back({number(posterior.mired[i]), number(posterior.probability[i])});
  return points;
}

Json opinion_of(const EstimatorOpinion& opinion) {
  return {{"estimator", opinion.name},
          {"u", number(opinion.illuminant.mean[0])},
          {"v", number(opinion.illuminant.mean[1])},
          {"covariance", numbers(opinion.illuminant.covariance)},
          {"gains", numbers(gains_of(opinion.illuminant))},
          {"evidence", number(opinion.illuminant.evidence)},
          {"posterior", posterior_of(opinion.illuminant.posterior)}};
}

Json white_balance_of(const Decision& decision) {
  const WhiteBalanceTrace& trace = decision.trace.white_balance;
  Json opinions = Json::array();
  for (const EstimatorOpinion& opinion : trace.opinions) opinions.push_back(opinion_of(opinion));
  return {
      {"cct", known(decision.controls.colour_temperature)},
      {"duv", number(trace.duv)},
      {"gains", numbers(decision.controls.colour_gains)},
      {"confidence", number(trace.confidence)},
      {"reason", trace.reason},
      {"zones",
       {{"used", trace.zones_used}, {"dark", trace.zones_dark}, {"clipped", trace.zones_clipped}, {"off_curve", trace.zones_off_curve}}},
      {"opinions", std::move(opinions)}};
}

Json statistics_of(const Statistics& statistics) {
  const StatisticsSummary summary = summary_of(statistics);
  return {{"columns", statistics.columns},
          {"rows", statistics.rows},
          {"mean", numbers(summary.mean)},
          {"clipped", number(summary.clipped)},
          {"dark", number(summary.dark)},
          {"luma_percentiles", {{"1", number(summary.luma_low)}, {"50", number(summary.luma_median)}, {"99", number(summary.luma_high)}}}};
}

void add_seen(Json& object, const MeasureReport& report) {
  object["camera"] = camera_of(report.frame);
  object["exposure"] = exposure_of(report.decision);
  object["white_balance"] = white_balance_of(report.decision);
  object["focus"] = {{"score", numbers(report.decision.trace.focus.score)}};
  object["statistics"] = statistics_of(report.statistics);
  object["warnings"] = report.frame.capture.warnings;
}

Json settings_of(const DevelopReport& report) {
  const DevelopChoices& choices = report.choices;
  return {{"demosaic", report.demosaic},
          {"wb", name_of(choices.white_balance.mode)},
          {"gains", numbers(report.controls.colour_gains)},
          {"cct", known(report.controls.colour_temperature)},
          {"exposure", name_of(choices.exposure.mode)},
          {"exposure_ev", number(choices.exposure.ev)},
          {"digital_gain", number(report.controls.digital_gain)},
          {"color", std::string(name_of(report.picture.color_space))},
          {"linear", report.picture.encoding == Encoding::kLinear},
          {"tint", number(choices.white_balance.tint)},
          {"crop", report.params.crop                ? to_text(*report.params.crop)
                   : report.params.whole_active_area ? "full"
                                                     : "camera"},
          {"lens", report.measured.frame.lens ? Json(report.measured.frame.lens->lens) : Json()},
          {"orientation", static_cast<int>(report.measured.frame.capture.orientation)},
          {"format", name_of(report.output.format)},
          {"bit_depth", static_cast<int>(8 * sample_size(report.picture.type))}};
}

}  // namespace

std::string json_of(const MeasureReport& report) {
  Json object{{"file", report.file.string()}};
  add_seen(object, report);
  object["times_ms"] = {{"decode", milliseconds(report.times.decode)},
                        {"measure", milliseconds(report.times.measure)},
                        {"decide", milliseconds(report.times.decide)}};
  return line_of(object);
}

std::string json_of(const DevelopReport& report) {
  const StepTimes& times = report.measured.times;
  Json object{{"file", report.measured.file.string()},
              {"output", report.output.file.string()},
              {"width", report.picture.size.width},
              {"height", report.picture.size.height}};
  object["settings"] = settings_of(report);
  add_seen(object, report.measured);
  object["times_ms"] = {{"decode", milliseconds(times.decode)},
                        {"measure", milliseconds(times.measure)},
                        {"decide", milliseconds(times.decide)},
                        {"render", milliseconds(times.render)},
                        {"encode", milliseconds(times.encode)}};
  return line_of(object);
}

std::string json_of_failure(const std::filesystem::path& file, std::string_view message) {
  return line_of({{"file", file.string()}, {"error", message}});
}

}  // namespace argent
