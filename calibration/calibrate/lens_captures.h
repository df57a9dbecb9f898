// calibration/calibrate/lens_captures.h - private: captures of edges, dots, focus sweeps and changing settings, measured.
#pragma once

#include <deque>

#include "calibration/calibrate/calibration.h"
#include "calibration/calibrate/capture_loader.h"

namespace argent {

// Captures that can't be used become findings; what can't be measured at all throws Error.

std::vector<EdgeCapture> measure_edges(const std::deque<Loaded>& captures, std::vector<CalibrationFinding>& findings);

LateralColorFit measure_dots(const std::deque<Loaded>& captures);

/// Sweeps are runs of captures at one distance with codes that rise or that fall.
FocusMap measure_focus(const std::deque<Loaded>& captures, std::vector<CalibrationFinding>& findings);

/// Captures in the order in which they were taken.
SettingsResponse measure_settings(const std::deque<Loaded>& captures);

/// From the charts whose illuminance is known; nullopt: none.
std::optional<LuxReference> lux_reference_of(const Calibration& calibration);

}  // namespace argent
