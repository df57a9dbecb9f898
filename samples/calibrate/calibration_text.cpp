#include "samples/calibrate/calibration_text.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

namespace argent {
namespace {

/// printf into a text.
[[gnu::format(printf, 1, 2)]] std::string format(const char* form, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, form);
  std::vsnprintf(text, sizeof text, form, arguments);
  va_end(arguments);
  return text;
}

std::string name_of(const LightMeasurement& light) {
  return light.illuminant.empty() ? format("%.0f K", static_cast<double>(light.cct))
                                  : format("%s, %.0f K", light.illuminant.c_str(), static_cast<double>(light.cct));
}

std::string levels_text(const Calibration& c) {
  std::string out = format("black level    %.2f %.2f %.2f %.2f (R G G B)", c.black[0], c.black[1], c.black[2], c.black[3]);
  if (!c.darks.empty()) out += format(", +-%.2f, %d dark frames", c.darks.front().black_error[1], c.darks.front().frames);
  out += format("\nwhite level    %.0f\n", c.white[1]);
  for (const DarkLevel& dark : c.darks)
    out += format("read noise     %.3f codes at gain %g%s, rows %.3f\n", dark.read_noise, static_cast<double>(dark.analogue_gain),
                  dark.cut ? " (extrapolated)" : "", dark.row_noise);
  return out;
}

std::string noise_text(const Calibration& c) {
  std::string out;
  for (const PhotonTransfer& noise : c.noise) {
    const auto shot = static_cast<double>(noise.noise.shot), read = static_cast<double>(noise.noise.read);
    out += format("noise          gain %-5g shot %.4g +-%.1f %%, read %.4g +-%.1f %%: %.0f electrons at saturation, %.2f of read noise\n",
                  static_cast<double>(noise.analogue_gain), shot, 100 * noise.shot_error / shot, read,
                  read > 0 ? 100 * noise.read_error / read : 0, noise.electrons_at_saturation, noise.read_electrons);
  }
  for (const Linearity& line : c.linearity)
    out += format("linearity      off by at most %.2f %% from 5 to 90 %% of white, %zu exposures\n", 100 * line.worst, line.points.size());
  return out;
}

std::string defects_text(const Calibration& c) {
  if (c.defects.empty() && c.darks.empty() && c.shading.empty()) return "";
  const auto count = [&](DefectKind kind) {
    return std::count_if(c.defects.begin(), c.defects.end(), [&](const PixelDefect& d) { return d.kind == kind; });
  };
  return format("defects        %zu: %td hot, %td dark, %td bright in light\n", c.defects.size(), count(DefectKind::kHot),
                count(DefectKind::kDark), count(DefectKind::kBright));
}

std::string lens_text(const Calibration& c) {
  std::string out;
  for (const ShadingFit& fit : c.shading) {
    out +=
        format("shading        %.0f K: corners have %.0f %% of the light; %.2f %% is left (R G B %.2f %.2f %.2f %%), of it noise %.2f %%\n",
               static_cast<double>(fit.mesh.cct), 100 * fit.falloff[1], 100 * fit.residual[1], 100 * fit.residual[0], 100 * fit.residual[1],
               100 * fit.residual[2], 100 * fit.tile_noise[1]);
  }
  if (!c.shading.empty()) out += format("greens         differ by %.2f %%\n", 100 * c.shading.front().green_imbalance);
  return out;
}

std::string color_text(const Calibration& c) {
  std::string out;
  for (std::size_t i = 0; i < c.lights.size(); i++) {
    const LightMeasurement& light = c.lights[i];
    out += format("color          %-18s CIEDE2000 %.2f, worst %.2f, columns left out %.2f; %zu chart%s; white R/G %.4f B/G %.4f",
                  name_of(light).c_str(), static_cast<double>(light.fit.mean_delta_e), static_cast<double>(light.fit.worst_delta_e),
                  light.mean_left_out, light.charts.size(), light.charts.size() == 1 ? "" : "s",
                  std::exp(static_cast<double>(light.fit.light[0])), std::exp(static_cast<double>(light.fit.light[1])));
    out += format("; as by day %.2f", static_cast<double>(light.fit.day_delta_e));
    if (light.fit.noise_delta_e > 0) out += format(", noise %.2f", static_cast<double>(light.fit.noise_delta_e));
    if (c.curve && !light.natural) out += format("; %.3f off the curve", c.curve->off_curve[i]);
    out += "\n";
  }
  if (c.curve)
    out += format("cct curve      %zu points, measured from %.0f to %.0f K; lights were up to +%.3f and -%.3f off it\n",
                  c.curve->curve.size(), static_cast<double>(c.curve->measured_from), static_cast<double>(c.curve->measured_to),
                  static_cast<double>(c.curve->transverse_positive), static_cast<double>(c.curve->transverse_negative));
  return out;
}

std::string optics_text(const Calibration& c) {
  std::string out;
  for (const EdgeCapture& capture : c.edges) {
    out += "sharpness      MTF50";
    for (const EdgeResponse& color : capture.edge.colors) out += format(" %.3f", color.mtf50);
    const EdgeResponse& green = capture.edge.colors[1];
    out += format(" cycles/pixel (R G B), green +-%.3f: an edge of %.2f pixels\n", green.mtf50_error, green.width);
  }
  if (c.lateral_color) {
    out += format("lateral color  in the corners red %+.2f +-%.2f, blue %+.2f +-%.2f pixels, by %d dots\n", c.lateral_color->corner[0],
                  c.lateral_color->corner_error[0], c.lateral_color->corner[1], c.lateral_color->corner_error[1], c.lateral_color->dots);
  }
  if (c.focus) {
    out += format("focus          %.1f +-%.1f codes at infinity, %.2f +-%.2f a dioptre", c.focus->infinity.value, c.focus->infinity.error,
                  c.focus->per_dioptre.value, c.focus->per_dioptre.error);
    if (c.focus->backlash) out += format(", backlash %.1f +-%.1f codes", c.focus->backlash->value, c.focus->backlash->error);
    if (c.focus->depth_of_field) out += format(", depth of field %.2f dioptres", c.focus->depth_of_field->value);
    out += format("; %zu sweeps\n", c.focus->sweeps.size());
  }
  if (c.response) {
    out += format("delays         exposure %d, gain %d frames; gains", c.response->exposure_delay, c.response->gain_delay);
    for (const GainMeasure& gain : c.response->gains)
      out += format(" %g = %.3f", static_cast<double>(gain.asked), static_cast<double>(gain.actual));
    out += "\n";
  }
  if (c.lux) {
    out += format("lux            %.0f lx: %.0f us, gain %g, a surface of 18 %% at %.4f\n", static_cast<double>(c.lux->lux),
                  static_cast<double>(c.lux->exposure_us), static_cast<double>(c.lux->analogue_gain), static_cast<double>(c.lux->level));
  }
  return out;
}

}  // namespace

std::string summary_text(const Calibration& c) {
  return levels_text(c) + noise_text(c) + defects_text(c) + lens_text(c) + color_text(c) + optics_text(c);
}

std::string finding_text(const CalibrationFinding& finding) {
  constexpr const char* kNames[] = {"note: ", "warning: ", "error: "};
  return kNames[static_cast<std::size_t>(finding.severity)] + finding.subject + ": " + finding.text;
}

std::string profile_head(const Calibration& c, const std::string& set) {
  std::string out = "# Made by argent calibrate of " + set + ".\n";
  if (!c.is_complete()) out += "# PARTIAL: some captures or measurements failed.\n";
  for (const CalibrationFinding& finding : c.findings) {
    if (finding.severity != Severity::kNote) out += "#   " + finding_text(finding) + "\n";
  }
  return out;
}

}  // namespace argent
