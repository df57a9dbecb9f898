#include "samples/contest_report.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "samples/plot_page.h"

namespace argent {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(std::round(value * 1e5) / 1e5) : Json(nullptr); }

/// One plot: its title, its curves, what they are of a frame.
struct Plot {
  const char* title;
  const char* labels;  ///< as JSON, the first is the x axis
  std::vector<double> (*values)(const FrameRecord&);
  bool logarithmic;
};

const std::array<Plot, 6> kPlots{{
    {"Error of the exposure (EV, 0 = on target) and clipped fraction", R"(["frame","error","clipped"])",
     [](const FrameRecord& f) {
       return std::vector<double>{-f.exposure_error, f.clipped};
     },
     false},
    {"Exposure time (us) and gain", R"(["frame","time","gain x 1000"])",
     [](const FrameRecord& f) {
       return std::vector<double>{f.applied.exposure.count(), 1000.0 * f.applied.analogue_gain};
     },
     true},
    {"White balance gains", R"(["frame","red","blue","red wanted","blue wanted"])",
     [](const FrameRecord& f) {
       const Vec3& g = f.decision.controls.colour_gains;
       return std::vector<double>{g[0], g[2], std::exp(-f.white[0]), std::exp(-f.white[1])};
     },
     false},
    {"Color temperature (K)", R"(["frame","estimate","truth"])",
     [](const FrameRecord& f) {
       return std::vector<double>{f.decision.controls.colour_temperature, f.cct};
     },
     false},
    {"Lens (dioptres)", R"(["frame","lens","sent to","sharpest"])",
     [](const FrameRecord& f) {
       return std::vector<double>{f.lens_position, f.decision.controls.sensor.lens_position, f.sharpest};
     },
     false},
    {"Focus score, and flicker in the rows (%)", R"(["frame","score","flicker"])",
     [](const FrameRecord& f) {
       return std::vector<double>{f.decision.trace.focus.score[0], 100 * f.flicker_modulation};
     },
     false},
}};

std::string plots_of(const PlottedRun& plotted, std::size_t index) {
  std::string out = "<h2>" + html_of(plotted.scenario) + ", " + html_of(plotted.contestant) + "</h2>\n<div class=\"plots\">\n";
  for (std::size_t p = 0; p < kPlots.size(); p++) {
    const Plot& plot = kPlots[p];
    Json rows = Json::array();
    for (const FrameRecord& f : plotted.run.frames) {
      Json row = Json::array({f.frame});
      for (double v : plot.values(f)) row.push_back(plot.logarithmic && !(v > 0) ? Json(nullptr) : number(v));
      rows.push_back(std::move(row));
    }
    const std::string id = "p" + std::to_string(index) + "_" + std::to_string(p);
    out +=
        "<figure><figcaption>" + std::string(plot.title) + "</figcaption><div class=\"plot\" id=\"" + id + "\"></div></figure>\n<script>";
    out += "new Dygraph(document.getElementById('" + id + "')," + rows.dump() + ",{labels:" + plot.labels +
           ",legend:'always',strokeWidth:1.5" + (plot.logarithmic ? ",logscale:true" : "") + "});</script>\n";
  }
  return out + "</div>\n";
}

}  // namespace

std::string contest_report(std::span<const PlottedRun> runs, const std::string& table) {
  std::string out = "<h1>The contest</h1>\n";
  out += "<p>Each scenario's first run, frame by frame. Errors are those of the noise-free frame.</p>\n<pre>" + html_of(table) + "</pre>\n";
  for (std::size_t i = 0; i < runs.size(); i++) out += plots_of(runs[i], i);
  return plot_page("Argent: the contest", out);
}

}  // namespace argent
