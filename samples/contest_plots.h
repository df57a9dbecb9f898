// samples/contest_plots.h - private: the plots of one run in the contest's page, drawn by dygraphs.
#pragma once

#include <string>

#include "calibration/contest/contest.h"

namespace argent {

/// Exposure, luma, gains, cct, lens and focus score over frames; flicker and mixed light where the run is about them. HTML with
/// scripts; `prefix` keeps the ids of several runs apart.
std::string plots_of(const Run& run, const std::string& prefix);

/// Degrees of error by zone with one pair of gains and with the gain map, as SVG; empty under one light.
std::string heat_maps_of(const ZoneErrors& zones);

}  // namespace argent
