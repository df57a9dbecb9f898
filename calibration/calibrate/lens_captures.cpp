#include "calibration/calibrate/lens_captures.h"

#include <cmath>

#include "calibration/calibrate/chart_lights.h"
#include "calibration/fit/grid_dots.h"
#include "calibration/fit/site_plane.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kMostClippedLight = 0.001;
constexpr float kUsualLux = 1000, kMiddleGrey = 0.18f;

std::string name_of(const Loaded& capture) { return capture.label->file.filename().string(); }

/// Mean of green above black in the middle half of the width and height; 0: clipped, which a hot pixel may be.
double light_of(const RawFrame& frame) {
  double sum = 0, count = 0, clipped = 0;
  for (const SitePlane& plane : site_planes(frame)) {
    if (plane.channel() != 1) continue;
    const double black = static_cast<double>(frame.sensor.black[plane.site]), white = static_cast<double>(frame.sensor.white[plane.site]);
    for (int y = plane.height / 4; y < plane.height - plane.height / 4; y++) {
      for (int x = plane.width / 4; x < plane.width - plane.width / 4; x++) {
        clipped += plane.at(x, y) >= white;
        sum += plane.at(x, y) - black;
        count++;
      }
    }
  }
  return clipped > kMostClippedLight * count ? 0 : sum / count;
}

std::vector<FocusSweep> sweeps_of(const std::deque<Loaded>& captures, std::vector<CalibrationFinding>& findings) {
  const Pipeline pipeline(PipelineParams{});
  std::vector<FocusSweep> sweeps;
  double direction = 0;
  for (const Loaded& capture : captures) {
    if (!capture.label->distance || !capture.label->lens_position) {
      findings.push_back({Severity::kError, name_of(capture), "a focus capture without distance and lens_position"});
      continue;
    }
    const double dioptres = 1 / static_cast<double>(*capture.label->distance), code = static_cast<double>(*capture.label->lens_position);
    const FocusSample sample = focus_sample(pipeline.measure(capture.frame), static_cast<float>(code));
    const bool same_distance = !sweeps.empty() && is_same_setting(sweeps.back().dioptres, dioptres);
    const double step = same_distance ? code - static_cast<double>(sweeps.back().samples.back().position) : 0;
    if (!same_distance || step * direction < 0) {
      sweeps.push_back({dioptres, {}});
      direction = 0;
    } else if (direction == 0) {
      direction = step;
    }
    sweeps.back().samples.push_back(sample);
  }
  return sweeps;
}

}  // namespace

std::vector<EdgeCapture> measure_edges(const std::deque<Loaded>& captures, std::vector<CalibrationFinding>& findings) {
  std::vector<EdgeCapture> out;
  for (const Loaded& capture : captures) {
    try {
      out.push_back({capture.label->file, measure_slanted_edge(capture.frame)});
    } catch (const Error& error) {
      findings.push_back({Severity::kError, name_of(capture), error.what()});
    }
  }
  return out;
}

LateralColorFit measure_dots(const std::deque<Loaded>& captures) {
  std::vector<GridDot> dots;
  for (const Loaded& capture : captures) {
    const std::vector<GridDot> found = find_dots(capture.frame);
    dots.insert(dots.end(), found.begin(), found.end());
  }
  return fit_lateral_color(dots, captures.front().frame.size());
}

FocusMap measure_focus(const std::deque<Loaded>& captures, std::vector<CalibrationFinding>& findings) {
  const std::vector<FocusSweep> sweeps = sweeps_of(captures, findings);
  FocusMap map = fit_focus_map(sweeps);
  for (const SweepPeak& sweep : map.sweeps) {
    if (!sweep.left_out.empty())
      findings.push_back(
          {Severity::kWarning, "focus", "the sweep at " + shown_number(1 / sweep.dioptres) + " m was left out: " + sweep.left_out});
  }
  return map;
}

SettingsResponse measure_settings(const std::deque<Loaded>& captures) {
  std::vector<SettingsFrame> frames;
  for (const Loaded& capture : captures) {
    if (!capture.label->asked_exposure_us || !capture.label->asked_gain)
      throw Error(name_of(capture), ": a step capture without asked_exposure_us and asked_gain");
    frames.push_back({frames.size(), Microseconds(static_cast<double>(*capture.label->asked_exposure_us)), *capture.label->asked_gain,
                      light_of(capture.frame)});
  }
  return fit_settings_response(frames);
}

std::optional<LuxReference> lux_reference_of(const Calibration& calibration) {
  std::optional<LuxReference> out;
  for (const LightMeasurement& light : calibration.lights) {
    for (std::size_t i = 0; i < light.charts.size(); i++) {
      const ChartCapture& chart = calibration.charts[light.charts[i]];
      const double exposure = chart.settings.exposure.count();
      if (!chart.lux || !(*chart.lux > 0) || !(exposure > 0)) continue;
      if (out && std::abs(std::log(*chart.lux / kUsualLux)) >= std::abs(std::log(out->lux / kUsualLux))) continue;
      LuxReference reference;
      reference.lux = *chart.lux;
      reference.exposure_us = static_cast<float>(exposure);
      reference.analogue_gain = chart.settings.analogue_gain;
      reference.level = kMiddleGrey * static_cast<float>(light.fit.exposures[i].white[1]);
      if (reference.level > 0 && reference.level <= 1) out = reference;
    }
  }
  return out;
}

}  // namespace argent
