// samples/calibrate/calibration_report.h - a calibration as a page for the eye: one HTML file, nothing fetched, no scripts.
#pragma once

#include <string>
#include <vector>

#include "calibration/calibrate/calibration.h"

namespace argent {

/// Findings, what the set covers and what to capture next, charts with each patch as it should be and as it is, the cct curve with its
/// captures, noise, linearity, shading before and after, defects. `set`: its name.
std::string calibration_report(const Calibration& calibration, const std::string& set);

/// What further captures would add most, most useful first.
std::vector<std::string> next_captures(const Calibration& calibration);

}  // namespace argent
