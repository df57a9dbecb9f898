#include "samples/calibrate/calibration_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "samples/calibrate/calibration_text.h"
#include "samples/plot_page.h"
#include "samples/svg_plot.h"

namespace argent {
namespace {

constexpr const char* kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<style>body{font:15px/1.45 sans-serif;margin:2em auto;max-width:1280px;padding:0 1em;color:#111}h2{margin-top:1.6em;border-bottom:1px solid #ccc}
table{border-collapse:collapse;margin:.5em 0 1em;font-variant-numeric:tabular-nums}th,td{padding:.2em .7em;text-align:right;border-bottom:1px solid #ddd}
th:first-child,td:first-child{text-align:left}figure{margin:0}figcaption{color:#333;font-size:14px;margin-bottom:.2em}p{max-width:72em}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(400px,1fr));gap:1.2em}.error{color:#b00020}.warning{color:#a05a00}.note{color:#444}
pre{background:#f5f5f5;padding:.8em;overflow-x:auto;font-size:13px}.ok{color:#06702a}svg{width:100%;height:auto}</style>
)";

template <class... Values>
std::string formatted(const char* format, Values... values) {
  char text[400];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

std::string figure(const std::string& caption, const std::string& svg) {
  return svg.empty() ? "" : "<figure><figcaption>" + html_of(caption) + "</figcaption>\n" + svg + "</figure>\n";
}

std::string name_of(const LightMeasurement& light) {
  return (light.illuminant.empty() ? "" : light.illuminant + ", ") + formatted("%.0f K", static_cast<double>(light.cct));
}

// ---- findings and coverage ------------------------------------------------------------------------------------------------------------

std::string findings_list(const Calibration& c) {
  constexpr const char* kClasses[] = {"note", "warning", "error"};
  std::string out =
      c.is_complete()
          ? "<p class=\"ok\">Complete: no capture and no measurement failed.</p>\n"
          : "<p class=\"error\"><b>Partial</b>: some captures or measurements failed; what they were for is missing in the profile.</p>\n";
  if (c.findings.empty()) return out;
  out += "<ul>\n";
  for (const Severity severity : {Severity::kError, Severity::kWarning, Severity::kNote}) {
    for (const CalibrationFinding& finding : c.findings) {
      if (finding.severity == severity)
        out +=
            std::string("<li class=\"") + kClasses[static_cast<std::size_t>(severity)] + "\">" + html_of(finding_text(finding)) + "</li>\n";
    }
  }
  return out + "</ul>\n";
}

/// Temperatures of what was captured on one axis, in steps that eyes take for equal.
std::string coverage_strip(const Calibration& c) {
  constexpr double kLeft = 150, kRight = 550, kColdest = 100, kWarmest = 500;  // mired
  const auto place = [](double cct) {
    return std::lerp(kLeft, kRight, std::clamp((1e6 / cct - kColdest) / (kWarmest - kColdest), 0.0, 1.0));
  };
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 560 130\" font-family=\"sans-serif\" font-size=\"12\">\n";
  for (const double cct : {2000.0, 2500.0, 3000.0, 4000.0, 5000.0, 6500.0, 10'000.0}) {
    out += formatted(
        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"8\" y2=\"98\" stroke=\"#ddd\"/><text x=\"%.1f\" y=\"114\" text-anchor=\"middle\">%.0f "
        "K</text>\n",
        place(cct), place(cct), place(cct), cct);
  }
  const auto row = [&](const char* name, double y) { out += formatted("<text x=\"0\" y=\"%g\">%s</text>\n", y + 4, name); };
  const auto dot = [&](float cct, double y) {
    out += formatted("<circle cx=\"%.1f\" cy=\"%g\" r=\"5\" fill=\"#06c\"/>\n", place(static_cast<double>(cct)), y);
  };
  row("charts, natural light", 22);
  row("charts, other lamps", 52);
  row("even surfaces", 82);
  for (const LightMeasurement& light : c.lights) dot(light.cct, light.natural ? 22 : 52);
  for (const ShadingFit& fit : c.shading) dot(fit.mesh.cct, 82);
  return out + "</svg>\n";
}

// ---- colors ---------------------------------------------------------------------------------------------------------------------------

std::string css_color(const Vec3& linear) {
  const auto code = [](float v) { return std::clamp(static_cast<int>(std::lround(255 * srgb_encode(std::clamp(v, 0.0f, 1.0f)))), 0, 255); };
  return formatted("#%02x%02x%02x", code(linear[0]), code(linear[1]), code(linear[2]));
}

/// A chart's patches: above as they should be, below as the camera and its matrix make them, and how far apart the two are.
std::string chart_drawing(const Calibration& c, const LightMeasurement& light, std::size_t chart) {
  constexpr double kSide = 62, kGap = 6;
  const Mat3 xyz_to_srgb = multiply(light.fit.camera_to_srgb, inverse(light.fit.camera_to_xyz).value_or(kIdentity3));
  const Mat3& camera_to_srgb = light.fit.camera_to_srgb;
  std::array<float, ColorChecker::kPatches> differences;
  differences.fill(-1);
  for (const PatchDifference& patch : light.fit.differences) {
    if (patch.chart == chart) differences[patch.patch] = patch.delta_e;
  }
  const ColorChecker& checker = c.charts[light.charts[chart]].checker;
  std::string out = formatted(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" font-family=\"sans-serif\" font-size=\"13\">"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"#222\"/>\n",
      6 * (kSide + kGap) + kGap, 4 * (kSide + kGap) + kGap);
  for (std::size_t i = 0; i < ColorChecker::kPatches; i++) {
    const double x = kGap + static_cast<double>(i % 6) * (kSide + kGap), y = kGap + static_cast<double>(i / 6) * (kSide + kGap);
    const Vec3 measured = multiply(camera_to_srgb, balanced_color(checker, i, light.fit.exposures[chart]));
    const Vec3 meant = multiply(xyz_to_srgb, xyz_of(light.spectrum, checker_reflectances()[i]));
    out += formatted("<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" fill=\"%s\"/>", x, y, kSide, kSide / 2, css_color(meant).c_str());
    out += formatted("<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" fill=\"%s\"/>", x, y + kSide / 2, kSide, kSide / 2,
                     css_color(measured).c_str());
    const bool is_light = measured[1] > 0.2f;
    out += formatted("<text x=\"%g\" y=\"%g\" text-anchor=\"middle\" fill=\"%s\">", x + kSide / 2, y + kSide / 2 + 5,
                     is_light ? "#000" : "#fff") +
           (differences[i] < 0 ? std::string("left out") : formatted("%.1f", static_cast<double>(differences[i]))) + "</text>\n";
  }
  return out + "</svg>\n";
}

std::string color_section(const Calibration& c) {
  if (c.lights.empty()) return "";
  std::string out =
      "<h2>Color</h2>\n<table><tr><th>light</th><th>charts</th><th>mean CIEDE2000</th><th>worst</th><th>columns left out</th>"
      "<th>as by day</th><th>noise</th><th>white R/G</th>"
      "<th>white B/G</th><th>off the curve</th><th>flare, % of white</th></tr>\n";
  for (std::size_t i = 0; i < c.lights.size(); i++) {
    const LightMeasurement& light = c.lights[i];
    const ChartExposure& over = light.fit.exposures.front();
    out += "<tr><td>" + html_of(name_of(light)) + "</td>" +
           formatted(
               "<td>%zu</td><td>%.2f</td><td>%.2f</td><td>%.2f</td><td>%.2f</td><td>%s</td><td>%.4f</td><td>%.4f</td><td>%s</td><td>%.1f</"
               "td></tr>\n",
               light.charts.size(), static_cast<double>(light.fit.mean_delta_e), static_cast<double>(light.fit.worst_delta_e),
               light.mean_left_out, static_cast<double>(light.fit.day_delta_e),
               light.fit.noise_delta_e > 0 ? formatted("%.2f", static_cast<double>(light.fit.noise_delta_e)).c_str() : "",
               std::exp(static_cast<double>(light.fit.light[0])), std::exp(static_cast<double>(light.fit.light[1])),
               c.curve ? formatted("%+.3f", c.curve->off_curve[i]).c_str() : "", 100 * over.flare[1] / over.white[1]);
  }
  out +=
      "</table>\n<p>Each patch: above what it should be, below what the camera makes of it with the matrix of its light, and the CIEDE2000 "
      "between them, "
      "slope and flare over the chart taken off. <i>Columns left out</i>: the error on patches that the matrix was not fitted "
      "to. <i>As by day</i>: from what the patches look like in D65, by the matrix that pictures get. <i>Noise</i>: what it adds to that, "
      "of "
      "4x4 pixels at the lowest gain; matrices are chosen for the least of both.</p>\n<div class=\"grid\">\n";
  for (const LightMeasurement& light : c.lights) {
    for (std::size_t i = 0; i < light.charts.size(); i++)
      out += figure(name_of(light) + ": " + c.charts[light.charts[i]].file.filename().string(), chart_drawing(c, light, i));
  }
  return out + "</div>\n";
}

std::string curve_section(const Calibration& c) {
  if (!c.curve) return "";
  PlotSeries measured{"measured range", PlotMark::kLine, {}, {}, {}}, beyond_warm{"extrapolated", PlotMark::kDashes, {}, {}, {}, 5},
      beyond_cold{"", PlotMark::kDashes, {}, {}, {}, 5}, natural{"natural light", PlotMark::kDots, {}, {}, {}},
      lamps{"other lamps", PlotMark::kDots, {}, {}, {}};
  for (const CctPoint& point : c.curve->curve) {
    const std::array<double, 2> place{static_cast<double>(point.red), static_cast<double>(point.blue)};
    if (point.cct <= c.curve->measured_from) beyond_warm.points.push_back(place);
    if (point.cct >= c.curve->measured_to) beyond_cold.points.push_back(place);
    if (point.cct >= c.curve->measured_from && point.cct <= c.curve->measured_to) measured.points.push_back(place);
  }
  for (const LightMeasurement& light : c.lights) {
    PlotSeries& series = light.natural ? natural : lamps;
    series.points.push_back({std::exp(static_cast<double>(light.fit.light[0])), std::exp(static_cast<double>(light.fit.light[1]))});
    series.labels.push_back(name_of(light));
  }
  return "<h2>Whites</h2>\n<p>What the sensor makes of white, over the temperature of the light. White balance looks for the light along "
         "this curve.</p>\n"
         "<div class=\"grid\">" +
         figure("cct curve", svg_plot({"R/G"}, {"B/G"}, std::vector{measured, beyond_warm, natural, lamps, beyond_cold})) +
         figure("What the set covers", coverage_strip(c)) + "</div>\n";
}

// ---- sensor ---------------------------------------------------------------------------------------------------------------------------

std::string noise_section(const Calibration& c) {
  std::vector<PlotSeries> variance, deviation;
  for (const PhotonTransfer& noise : c.noise) {
    const int color = static_cast<int>(variance.size() / 2);
    PlotSeries dots{formatted("gain %g", static_cast<double>(noise.analogue_gain)), PlotMark::kDots, {}, {}, {}, color},
        line{"", PlotMark::kLine, {}, {}, {}, color};
    for (const TransferPoint& point : noise.points) {
      dots.points.push_back({std::max(point.level, 1e-4), std::sqrt(point.variance)});
      dots.errors.push_back(point.error / (2 * std::sqrt(point.variance)));
    }
    for (double level = 1e-4; level <= 1; level *= 1.15)
      line.points.push_back({level, std::sqrt(static_cast<double>(noise.noise.shot) * level + static_cast<double>(noise.noise.read))});
    variance.push_back(dots);
    variance.push_back(line);
  }
  for (const Linearity& line : c.linearity) {
    PlotSeries dots{"", PlotMark::kDots, {}, {}, {}};
    for (const ResponsePoint& point : line.points) dots.points.push_back({point.exposure, 100 * point.deviation});
    deviation.push_back(dots);
  }
  PlotSeries hot{"hot", PlotMark::kDots, {}, {}, {}, 4}, dark{"dark", PlotMark::kDots, {}, {}, {}, 0},
      bright{"bright in light", PlotMark::kDots, {}, {}, {}, 1};
  for (const PixelDefect& defect : c.defects) {
    PlotSeries& series = defect.kind == DefectKind::kHot ? hot : defect.kind == DefectKind::kDark ? dark : bright;
    if (series.points.size() < 5000)
      series.points.push_back({static_cast<double>(defect.x), static_cast<double>(c.size.height - defect.y)});
  }
  const std::string figures =
      figure("Noise over light, 1 = saturation: dots measured, lines fitted",
             svg_plot({"level", PlotScale::kLogarithmic}, {"standard deviation", PlotScale::kLogarithmic}, variance)) +
      figure("Deviation from a straight line", svg_plot({"exposure time x gain, us", PlotScale::kLogarithmic}, {"percent"}, deviation)) +
      figure(formatted("%zu defects", c.defects.size()), svg_plot({"x"}, {"from the bottom"}, std::vector{hot, dark, bright}));
  return figures.empty() ? "" : "<h2>Sensor</h2>\n<div class=\"grid\">\n" + figures + "</div>\n";
}

/// Values around 1 as greys or, beside it, blue and red.
std::string heat_map(const std::array<float, LightMap::kColumns * LightMap::kRows>& values, double range) {
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 320 240\" shape-rendering=\"crispEdges\">\n";
  for (std::size_t i = 0; i < values.size(); i++) {
    const double off = std::clamp((static_cast<double>(values[i]) - 1) / range, -1.0, 1.0);
    const int strong = 255 - static_cast<int>(std::lround(205 * std::abs(off)));
    out += formatted("<rect x=\"%zu\" y=\"%zu\" width=\"10\" height=\"10\" fill=\"#%02x%02x%02x\"><title>%.4f</title></rect>",
                     10 * (i % LightMap::kColumns), 10 * (i / LightMap::kColumns), off < 0 ? strong : 255, strong, off < 0 ? 255 : strong,
                     static_cast<double>(values[i]));
  }
  return out + "</svg>\n";
}

std::string shading_section(const Calibration& c) {
  if (c.shading.empty()) return "";
  std::string out =
      "<h2>Lens shading</h2>\n<p>Light on an even surface, the middle is 1. Blue is less, red is more: before by up to half, after by up "
      "to 2 %.</p>\n";
  constexpr const char* kNames[] = {"red", "green", "blue"};
  for (const ShadingFit& fit : c.shading) {
    out +=
        formatted("<h3>%.0f K</h3><div class=\"grid\" style=\"grid-template-columns:repeat(6,1fr)\">\n", static_cast<double>(fit.mesh.cct));
    for (std::size_t k = 0; k < 3; k++) {
      out += figure(std::string(kNames[k]) + ", before", heat_map(fit.maps[k].before, 0.5)) +
             figure(formatted("after: %.2f %% rms, noise %.2f %%", 100 * fit.residual[k], 100 * fit.tile_noise[k]),
                    heat_map(fit.maps[k].after, 0.02));
    }
    out += "</div>\n";
  }
  return out;
}

std::string lens_section(const Calibration& c) {
  std::string figures;
  constexpr const char* kNames[] = {"red", "green", "blue"};
  constexpr std::array kColors{4, 2, 0};
  for (const EdgeCapture& capture : c.edges) {
    std::vector<PlotSeries> curves;
    for (std::size_t k = 0; k < 3; k++) {
      const EdgeResponse& color = capture.edge.colors[k];
      PlotSeries curve{formatted("%s, half at %.3f", kNames[k], color.mtf50), PlotMark::kLine, {}, {}, {}, kColors[k]};
      for (std::size_t i = 0; i < color.mtf.size(); i++)
        curve.points.push_back({static_cast<double>(i) * EdgeResponse::kStep, color.mtf[i]});
      curves.push_back(curve);
    }
    figures += figure("Contrast over frequency: " + capture.file.filename().string(), svg_plot({"cycles/pixel"}, {"contrast"}, curves));
  }
  if (c.focus) {
    PlotSeries up{"codes rising", PlotMark::kDots, {}, {}, {}}, down{"codes falling", PlotMark::kDots, {}, {}, {}},
        map{"map", PlotMark::kLine, {}, {}, {}};
    for (const SweepPeak& peak : c.focus->sweeps) {
      if (!peak.left_out.empty()) continue;
      PlotSeries& series = peak.way == SweepPeak::Way::kRisingCodes ? up : down;
      series.points.push_back({peak.dioptres, peak.code});
      series.errors.push_back(peak.error);
    }
    for (const LensMap::Point& point : c.focus->points)
      map.points.push_back({static_cast<double>(point.dioptres), static_cast<double>(point.code)});
    figures += figure("Where the lens is sharp", svg_plot({"dioptres"}, {"code of the lens driver"}, std::vector{up, down, map}));
  }
  return figures.empty() ? "" : "<h2>Lens</h2>\n<div class=\"grid\">\n" + figures + "</div>\n";
}

}  // namespace

std::vector<std::string> next_captures(const Calibration& c) {
  std::vector<std::string> out;
  const auto want = [&](bool is_missing, const char* what) {
    if (is_missing) out.emplace_back(what);
  };
  const auto natural_between = [&](float low, float high) {
    return std::any_of(c.lights.begin(), c.lights.end(),
                       [&](const LightMeasurement& light) { return light.natural && light.cct >= low && light.cct <= high; });
  };
  want(c.lights.empty(), "a ColorChecker in daylight and one under a filament lamp: color matrices and the cct curve");
  want(!c.lights.empty() && !natural_between(2000, 3200), "a ColorChecker under a filament lamp (below 3200 K)");
  want(!c.lights.empty() && !natural_between(5000, 9000), "a ColorChecker in daylight (5000 to 9000 K)");
  want(!c.lights.empty() && !natural_between(3200, 5000), "a ColorChecker between 3200 and 5000 K");
  want(c.lights.size() > 1 && std::all_of(c.lights.begin(), c.lights.end(), [](const LightMeasurement& light) { return light.natural; }),
       "a ColorChecker under a fluorescent tube and a white LED: how far off the curve lights can be");
  want(c.shading.empty(), "an even surface (a diffuser before the lens), filling the picture: shading");
  want(c.shading.size() == 1, "an even surface in a second light: shading changes its color with the temperature");
  want(c.darks.empty(), "two or more frames with the cap on at each gain: black level, read noise, hot pixels");
  want(c.noise.empty(), "pairs of an even surface at five or more exposures and two or more gains: noise, linearity, white level");
  want(c.noise.size() == 1, "the same pairs at a second gain: noise between gains is interpolated");
  want(c.edges.empty(),
       "a slanted edge (a dark square on white, turned by 5 degrees), in focus: sharpness, and the sharpening that follows");
  want(!c.lateral_color, "black dots on white that fill the picture: lateral color");
  return out;
}

std::string calibration_report(const Calibration& c, const std::string& set) {
  const std::string title = "Calibration of " + (c.profile.name.empty() ? set : c.profile.name);
  std::string out = std::string(kHead) + "<title>" + html_of(title) + "</title></head><body>\n<h1>" + html_of(title) +
                    "</h1>\n<p>Set: " + html_of(set) + "; " + formatted("%d x %d pixels", c.size.width, c.size.height) + "</p>\n" +
                    findings_list(c);
  const std::vector<std::string> next = next_captures(c);
  if (!next.empty()) {
    out += "<h2>What to capture next</h2>\n<ol>\n";
    for (const std::string& capture : next) out += "<li>" + html_of(capture) + "</li>\n";
    out += "</ol>\n";
  }
  out += color_section(c) + curve_section(c) + noise_section(c) + shading_section(c) + lens_section(c);
  return out + "<h2>Numbers</h2>\n<pre>" + html_of(summary_text(c)) + "</pre>\n</body></html>\n";
}

}  // namespace argent
