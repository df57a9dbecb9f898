#include "samples/trace_log.h"

#include <array>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "models/runtime/error.h"
#include "samples/state_names.h"

namespace argent {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has no infinity and no NaN.
Json number(double value) { return std::isfinite(value) ? Json(std::round(value * 1e6) / 1e6) : Json(nullptr); }

Json settings_of(const SensorSettings& s) {
  return {
      {"exposure_us", number(s.exposure.count())}, {"analogue_gain", number(s.analogue_gain)}, {"lens_position", number(s.lens_position)}};
}

Json exposure_of(const Decision& decision) {
  const ExposureTrace& t = decision.trace.exposure;
  return {{"state", name_of(t.state)},    {"measured", number(t.measured)},
          {"target", number(t.target)},   {"error_ev", number(t.error)},
          {"clipped", number(t.clipped)}, {"wanted_total", number(t.wanted_total)},
          {"reason", t.reason},           {"digital_gain", number(decision.controls.digital_gain)}};
}

Json flicker_of(const FlickerTrace& t) {
  return {{"period_us", number(t.period_us)},
          {"confidence", number(t.confidence)},
          {"modulation", number(t.modulation)},
          {"avoided", t.avoided},
          {"reason", t.reason}};
}

Json white_balance_of(const Decision& decision) {
  const WhiteBalanceTrace& t = decision.trace.white_balance;
  Json opinions = Json::array();
  for (const EstimatorOpinion& o : t.opinions)
    opinions.push_back(
        {{"estimator", o.name},
         {"u", number(o.illuminant.mean[0])},
         {"v", number(o.illuminant.mean[1])},
         {"covariance", {number(o.illuminant.covariance[0]), number(o.illuminant.covariance[1]), number(o.illuminant.covariance[2])}},
         {"evidence", number(o.illuminant.evidence)}});
  const Vec3& gains = decision.controls.colour_gains;
  return {{"gains", {number(gains[0]), number(gains[1]), number(gains[2])}},
          {"cct", number(decision.controls.colour_temperature)},
          {"duv", number(t.duv)},
          {"confidence", number(t.confidence)},
          {"zones_used", t.zones_used},
          {"zones_dark", t.zones_dark},
          {"zones_clipped", t.zones_clipped},
          {"zones_off_curve", t.zones_off_curve},
          {"lights", t.lights},
          {"reason", t.reason},
          {"opinions", std::move(opinions)}};
}

Json focus_of(const FocusTrace& t) {
  return {{"state", name_of(t.state)},
          {"score", number(t.score[0])},
          {"target", number(t.target)},
          {"phase", number(t.phase)},
          {"phase_confidence", number(t.phase_confidence)},
          {"frames_searched", t.frames_searched},
          {"step", t.step},
          {"reason", t.reason}};
}

Json truth_of(const FrameRecord& r) {
  return {{"exposure_error_ev", number(r.exposure_error)},
          {"clipped", number(r.clipped)},
          {"flicker_period_us", number(r.flicker_period_us)},
          {"flicker_modulation", number(r.flicker_modulation)},
          {"cct", number(r.cct)},
          {"lens_position", number(r.lens_position)},
          {"sharpest", number(r.sharpest)},
          {"depth_of_field", number(r.depth_of_field)}};
}

Json parsed(std::string_view line) {
  Json object = Json::parse(line, nullptr, false);
  if (!object.is_object() || !object.contains("frame") || !object["frame"].is_number_integer())
    throw Error("is no line of a log: expected an object with \"frame\", as argent simulate --log writes them");
  return object;
}

/// What a log lacks is 0 or "": logs of other versions can be explained as far as they go.
double value(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string word(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool truth_value(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_boolean() && found->get<bool>();
}

Json part(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : Json::object();
}

[[gnu::format(printf, 1, 2)]] std::string text(const char* format, ...) {
  std::array<char, 512> buffer{};
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(buffer.data(), buffer.size(), format, arguments);
  va_end(arguments);
  return buffer.data();
}

std::string explain_exposure(const Json& frame) {
  const Json e = part(frame, "exposure"), applied = part(frame, "applied"), asked = part(frame, "asked"), f = part(frame, "flicker");
  const double error = value(e, "error_ev");
  std::string out = text("Exposure   %s, because of: %s\n", word(e, "state").c_str(), word(e, "reason").c_str());
  out += text("           This frame had %.0f us x gain %.2f. Its metered luma is %.4f, wanted is %.4f: %.2f EV too %s.\n",
              value(applied, "exposure_us"), value(applied, "analogue_gain"), value(e, "measured"), value(e, "target"), std::abs(error),
              error >= 0 ? "dark" : "bright");
  out += text("           %.2f %% of the pixels are clipped. The scene asks for %.0f us x gain in all.\n", 100 * value(e, "clipped"),
              value(e, "wanted_total"));
  out += text("           Asked next: %.0f us x gain %.2f. This frame is rendered with a digital gain of %.3f.\n",
              value(asked, "exposure_us"), value(asked, "analogue_gain"), value(e, "digital_gain"));
  if (value(f, "period_us") > 0) {
    out += text("Flicker    the light pulses every %.0f us (confidence %.2f, %.1f %% seen in the rows); %s%s%s\n", value(f, "period_us"),
                value(f, "confidence"), 100 * value(f, "modulation"),
                truth_value(f, "avoided") ? "the exposure is a whole number of periods" : "the exposure does not avoid it",
                word(f, "reason").empty() ? "" : ": ", word(f, "reason").c_str());
  } else {
    out += text("Flicker    none found%s%s\n", word(f, "reason").empty() ? "" : ": ", word(f, "reason").c_str());
  }
  return out;
}

std::string explain_white_balance(const Json& frame) {
  const Json w = part(frame, "white_balance"), gains = part(w, "gains");
  const auto gain = [&](std::size_t c) {
    return gains.is_array() && c < gains.size() && gains[c].is_number() ? gains[c].get<double>() : 1;
  };
  std::string out = text("White      %s, confidence %.2f\n", word(w, "reason").c_str(), value(w, "confidence"));
  out += text("           gains R %.3f G %.3f B %.3f", gain(0), gain(1), gain(2));
  if (value(w, "cct") > 0) out += text(": light of %.0f K, %.3f off the curve (greenish positive)", value(w, "cct"), value(w, "duv"));
  out += text("\n           %.0f zones looked at; left out: %.0f dark, %.0f clipped, %.0f not near any white\n", value(w, "zones_used"),
              value(w, "zones_dark"), value(w, "zones_clipped"), value(w, "zones_off_curve"));
  if (value(w, "lights") > 1) out += "           two lights: a gain map goes with the gains\n";
  for (const Json& opinion : part(w, "opinions")) {
    if (!opinion.is_object()) continue;
    out += text("           %-18s R %.3f B %.3f, evidence %.2f\n", word(opinion, "estimator").c_str(), std::exp(-value(opinion, "u")),
                std::exp(-value(opinion, "v")), value(opinion, "evidence"));
  }
  return out;
}

std::string explain_focus(const Json& frame) {
  const Json f = part(frame, "focus"), applied = part(frame, "applied");
  std::string out = text("Focus      %s%s%s", word(f, "state").c_str(), word(f, "step").empty() ? "" : ", step: ", word(f, "step").c_str());
  out += word(f, "reason").empty() ? "\n" : ", because of: " + word(f, "reason") + "\n";
  out += text("           lens at %.2f dioptres, sent to %.2f; score %.4g", value(applied, "lens_position"), value(f, "target"),
              value(f, "score"));
  if (value(f, "phase_confidence") > 0)
    out += text("; phase %.2f pixels, confidence %.2f", value(f, "phase"), value(f, "phase_confidence"));
  if (value(f, "frames_searched") > 0) out += text("; searching for %.0f frames", value(f, "frames_searched"));
  return out + "\n";
}

std::string explain_truth(const Json& frame) {
  const auto found = frame.find("truth");
  if (found == frame.end() || !found->is_object()) return "";
  std::string out =
      text("Truth      exposure is off by %+.3f EV, %.2f %% clipped", -value(*found, "exposure_error_ev"), 100 * value(*found, "clipped"));
  out += text("; light of %.0f K", value(*found, "cct"));
  if (value(*found, "flicker_period_us") > 0)
    out +=
        text(", pulses every %.0f us (%.1f %% in the rows)", value(*found, "flicker_period_us"), 100 * value(*found, "flicker_modulation"));
  return out + text("; sharpest at %.2f dioptres, the lens is at %.2f\n", value(*found, "sharpest"), value(*found, "lens_position"));
}

}  // namespace

std::string log_line(const FrameRecord& r, LoggedTruth truth) {
  Json object{{"frame", r.frame},
              {"sequence", r.sequence},
              {"seconds", number(r.seconds)},
              {"damaged", r.decision.trace.damaged},
              {"applied", settings_of(r.applied)},
              {"asked", settings_of(r.decision.controls.sensor)},
              {"exposure", exposure_of(r.decision)},
              {"flicker", flicker_of(r.decision.trace.exposure.flicker)},
              {"white_balance", white_balance_of(r.decision)},
              {"focus", focus_of(r.decision.trace.focus)}};
  if (truth == LoggedTruth::kKnown) object["truth"] = truth_of(r);
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

int frame_of_log_line(std::string_view line) { return parsed(line)["frame"].get<int>(); }

std::string explanation_of(std::string_view line) {
  const Json frame = parsed(line);
  return text("Frame %d at %.3f s\n", frame["frame"].get<int>(), value(frame, "seconds")) +
         (truth_value(frame, "damaged") ? "           The frame seems to have broken off on its way: nothing was learnt from it.\n" : "") +
         explain_exposure(frame) + explain_white_balance(frame) + explain_focus(frame) + explain_truth(frame);
}

}  // namespace argent
