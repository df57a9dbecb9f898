// calibration/synthesis/set_faults.h - private: sets that are wrong on purpose.
#pragma once

#include <string>

#include "calibration/synthesis/synthetic_set.h"

namespace argent {

/// The angle of edge captures, degrees.
inline constexpr double kEdgeDegrees = 5;

/// "chart_d65_6504k_800l.dng"
std::string chart_file(const KnownLight& light, double lux);

/// Breaks the first chart, or the set. Throws Error: no chart is in it, or a contradiction with one light alone.
void break_set(SyntheticSet& set, SetFault fault);

}  // namespace argent
