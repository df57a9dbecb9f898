// calibration/calibrate/chart_lights.h - private: captures of charts, and the lights that they were taken in.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calibration/calibrate/calibration.h"
#include "calibration/set/calibration_set.h"
#include "models/runtime/buffer_pool.h"

namespace argent {

struct ChartReading {
  ChartCapture capture;
  std::vector<std::string> warnings;
  std::vector<std::string> faults;  ///< it is used all the same, but nobody should rely on it
};

/// Finds the chart, or takes the place that the label gives, in a frame with measured levels. Throws Error: neither a temperature nor a
/// light with a name, a name and a temperature that contradict each other by more than a tenth, no chart, most patches clipped.
ChartReading read_chart_capture(const LabelledCapture& label, const RawFrame& frame, std::span<const ShadingFit> shading,
                                const std::filesystem::path& spectra, BufferPool& pool);

struct LightFits {
  std::vector<LightMeasurement> lights;
  std::optional<CctCurveFit> curve;
  std::vector<CalibrationFinding> findings;
};

/// Matrices of all lights, and the curve through the natural ones. `noise`: of a pixel at the lowest gain; {}: unknown.
LightFits fit_chart_lights(std::span<const ChartCapture> charts, const std::filesystem::path& spectra, const NoiseModel& noise);

/// A number for people: at most four digits that matter.
std::string shown_number(double value);

}  // namespace argent
