// samples/calibrate/calibration_text.h - what a calibration found, as lines for people.
#pragma once

#include <string>

#include "calibration/calibrate/calibration.h"

namespace argent {

/// A block of lines: one a measurement, with its uncertainty where it has one.
std::string summary_text(const Calibration& calibration);

/// "warning: black level: moves with the gain"
std::string finding_text(const CalibrationFinding& finding);

/// The lines that stand above a profile in its file: of what set, and what is missing.
std::string profile_head(const Calibration& calibration, const std::string& set);

}  // namespace argent
