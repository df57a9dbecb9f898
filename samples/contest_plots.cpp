#include "samples/contest_plots.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace argent {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostPoints = 2000;  // of a curve

Json number(double value) { return std::isfinite(value) ? Json(std::round(value * 1e5) / 1e5) : Json(nullptr); }

struct Curve {
  const char* name;
  const char* color;
  bool truth;  ///< dashed
  double (*value)(const FrameRecord&);
};

struct Plot {
  const char* title;
  const char* unit;
  bool logarithmic;
  bool (*shown)(const Run&);  ///< nullptr: always
  std::vector<Curve> curves;
};

constexpr const char *kBlue = "#1558b0", *kOrange = "#c2570c", *kRed = "#b3261e", *kGrey = "#444444";

bool pulses(const Run& run) { return run.score.flicker.pulses || run.score.flicker.wrong || run.scenario.scene.kind == "stripes"; }
bool mixed(const Run& run) { return !run.zones.mapped.empty(); }

const std::vector<Plot>& plots() {
  static const std::vector<Plot> kPlots{
      {"Exposure error, noise-free (above 0: too bright)",
       "EV",
       false,
       nullptr,
       {{"sensor", kBlue, false, [](const FrameRecord& f) { return -f.exposure_error; }},
        {"picture", kOrange, false, [](const FrameRecord& f) { return -f.picture_error; }}}},
      {"Luma that the controller metered",
       "of saturation",
       true,
       nullptr,
       {{"measured", kBlue, false, [](const FrameRecord& f) { return double(f.decision.trace.exposure.measured); }},
        {"target", kGrey, true, [](const FrameRecord& f) { return double(f.decision.trace.exposure.target); }}}},
      {"Exposure time in force",
       "ms",
       true,
       nullptr,
       {{"time", kBlue, false, [](const FrameRecord& f) { return f.applied.exposure.count() / 1000; }}}},
      {"Gains",
       "factor",
       true,
       nullptr,
       {{"analogue, in force", kBlue, false, [](const FrameRecord& f) { return double(f.applied.analogue_gain); }},
        {"digital", kOrange, false, [](const FrameRecord& f) { return double(f.decision.controls.digital_gain); }}}},
      {"Clipped part of the frame", "%", false, nullptr, {{"clipped", kRed, false, [](const FrameRecord& f) { return 100 * f.clipped; }}}},
      {"White balance gains",
       "factor",
       false,
       nullptr,
       {{"red", kRed, false, [](const FrameRecord& f) { return double(f.decision.controls.colour_gains[0]); }},
        {"blue", kBlue, false, [](const FrameRecord& f) { return double(f.decision.controls.colour_gains[2]); }},
        {"red, true", kRed, true, [](const FrameRecord& f) { return std::exp(-double(f.white[0])); }},
        {"blue, true", kBlue, true, [](const FrameRecord& f) { return std::exp(-double(f.white[1])); }}}},
      {"Color temperature",
       "K",
       false,
       nullptr,
       {{"estimate", kBlue, false, [](const FrameRecord& f) { return double(f.decision.controls.colour_temperature); }},
        {"light", kGrey, true, [](const FrameRecord& f) { return double(f.cct); }}}},
      {"Lens position",
       "dioptres",
       false,
       nullptr,
       {{"lens", kBlue, false, [](const FrameRecord& f) { return double(f.lens_position); }},
        {"sent to", kOrange, false, [](const FrameRecord& f) { return double(f.decision.controls.sensor.lens_position); }},
        {"sharpest", kGrey, true, [](const FrameRecord& f) { return double(f.sharpest); }}}},
      {"Focus score",
       "contrast",
       false,
       nullptr,
       {{"fine", kBlue, false, [](const FrameRecord& f) { return double(f.decision.trace.focus.score[0]); }},
        {"coarse", kOrange, false, [](const FrameRecord& f) { return double(f.decision.trace.focus.score[1]); }}}},
      {"Flicker in the rows (amplitude)",
       "%",
       false,
       pulses,
       {{"seen", kBlue, false, [](const FrameRecord& f) { return 100 * double(f.decision.trace.exposure.flicker.modulation); }},
        {"true", kGrey, true, [](const FrameRecord& f) { return 100 * f.flicker_modulation; }}}},
      {"White balance error, mean over the zones",
       "degrees",
       false,
       mixed,
       {{"one pair of gains", kOrange, false, [](const FrameRecord& f) { return f.zone_angle_plain; }},
        {"with the gain map", kBlue, false, [](const FrameRecord& f) { return f.zone_angle; }}}},
  };
  return kPlots;
}

Json rows_of(const Run& run, const Plot& plot, std::size_t step) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < run.frames.size(); i += step) {
    const FrameRecord& f = run.frames[i];
    Json row = Json::array({f.frame});
    for (const Curve& curve : plot.curves) {
      const double value = curve.value(f);
      row.push_back(plot.logarithmic && !(value > 0) ? Json(nullptr) : number(value));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Json marks_of(const Run& run) {
  Json marks = Json::array();
  for (int event : run.events) marks.push_back({event, "light"});
  if (run.trigger >= 0) marks.push_back({run.trigger, "trigger"});
  return marks;
}

Json options_of(const Plot& plot, const std::string& id) {
  Json labels = Json::array({"frame"}), series = Json::object();
  for (const Curve& curve : plot.curves) {
    labels.push_back(curve.name);
    series[curve.name] = {{"color", curve.color}};
    if (curve.truth) series[curve.name]["strokePattern"] = {6, 4};
  }
  return {{"labels", labels},
          {"series", series},
          {"labelsDiv", id + "_legend"},
          {"legend", "always"},
          {"xlabel", "frame"},
          {"ylabel", plot.unit},
          {"logscale", plot.logarithmic},
          {"includeZero", !plot.logarithmic && std::string(plot.unit) == "%"}};
}

/// A contestant that has no part of the decision leaves its trace empty: there is nothing to draw.
bool has_points(const Run& run, const Plot& plot) {
  if (plot.shown != nullptr && !plot.shown(run)) return false;
  return std::any_of(plot.curves.begin(), plot.curves.end(), [&](const Curve& curve) {
    return std::any_of(run.frames.begin(), run.frames.end(), [&](const FrameRecord& f) { return !plot.logarithmic || curve.value(f) > 0; });
  });
}

std::string heat_color(double share) {
  // From white over yellow to dark red: lightness falls all the way, so that it reads without color too.
  constexpr std::array<std::array<double, 3>, 4> kStops{{{255, 255, 255}, {254, 217, 118}, {227, 74, 51}, {103, 0, 13}}};
  const double x = std::clamp(share, 0.0, 1.0) * 3;
  const auto i = std::min<std::size_t>(static_cast<std::size_t>(x), 2);
  std::array<char, 32> out{};
  const auto mix = [&](std::size_t c) { return static_cast<int>(std::lerp(kStops[i][c], kStops[i + 1][c], x - static_cast<double>(i))); };
  std::snprintf(out.data(), out.size(), "#%02x%02x%02x", static_cast<unsigned>(mix(0)), static_cast<unsigned>(mix(1)),
                static_cast<unsigned>(mix(2)));
  return out.data();
}

std::string one_map(const char* title, const ZoneErrors& zones, const std::vector<float>& values, float most) {
  constexpr int kSide = 16;
  double mean = 0;
  for (float v : values) mean += double(v) / double(values.size());
  std::array<char, 160> head{};
  std::snprintf(head.data(), head.size(),
                "<figure><figcaption>%s: mean %.2f degrees</figcaption><svg class=\"map\" width=\"%d\" height=\"%d\">", title, mean,
                zones.columns * kSide, zones.rows * kSide);
  std::string out = head.data();
  for (int i = 0; i < zones.columns * zones.rows; i++) {
    std::array<char, 160> rect{};
    const float value = values[static_cast<std::size_t>(i)];
    std::snprintf(rect.data(), rect.size(), "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"><title>%.1f</title></rect>",
                  i % zones.columns * kSide, i / zones.columns * kSide, kSide, kSide, heat_color(double(value / most)).c_str(),
                  double(value));
    out += rect.data();
  }
  return out + "</svg></figure>\n";
}

}  // namespace

std::string plots_of(const Run& run, const std::string& prefix) {
  const std::size_t step = (run.frames.size() + kMostPoints - 1) / kMostPoints;
  std::string out = "<div class=\"plots\">\n";
  int index = 0;
  for (const Plot& plot : plots()) {
    if (!has_points(run, plot)) continue;
    const std::string id = prefix + "_" + std::to_string(index++);
    out += "<figure><figcaption>" + std::string(plot.title);
    if (step > 1) out += " <small>(one frame in " + std::to_string(step) + ")</small>";
    out += "</figcaption><div class=\"legend\" id=\"" + id + "_legend\"></div><div class=\"plot\" id=\"" + id + "\"></div></figure>\n";
    out += "<script>plot('" + id + "'," + rows_of(run, plot, step).dump() + "," + options_of(plot, id).dump() + "," + marks_of(run).dump() +
           ");</script>\n";
  }
  return out + "</div>\n";
}

std::string heat_maps_of(const ZoneErrors& zones) {
  if (zones.mapped.empty()) return "";
  const float most = std::max(
      {1.0f, *std::max_element(zones.mapped.begin(), zones.mapped.end()), *std::max_element(zones.plain.begin(), zones.plain.end())});
  std::string out = "<h4>White balance error of each zone at the last frame</h4>\n<div class=\"row\">\n";
  out += one_map("One pair of gains", zones, zones.plain, most) + one_map("With the gain map", zones, zones.mapped, most);
  out += "<figure><figcaption>Degrees</figcaption><svg width=\"70\" height=\"192\">";
  constexpr int kSteps = 8;
  for (int i = 0; i <= kSteps; i++) {
    const double share = 1 - double(i) / kSteps;
    std::array<char, 200> line{};
    std::snprintf(line.data(), line.size(),
                  "<rect x=\"0\" y=\"%d\" width=\"18\" height=\"21\" fill=\"%s\" stroke=\"#ccc\"/><text x=\"24\" y=\"%d\">%.1f</text>",
                  i * 21, heat_color(share).c_str(), i * 21 + 15, share * double(most));
    out += line.data();
  }
  return out + "</svg></figure>\n</div>\n";
}

}  // namespace argent
