// samples/contest_report.h - runs as a page of plots that stands alone: one HTML file, nothing fetched.
#pragma once

#include <span>
#include <string>

#include "calibration/contest/contest.h"

namespace argent {

struct PlottedRun {
  std::string scenario, contestant;
  Run run;
};

/// The whole page: exposure, luma, gains, cct, lens and focus score over frames, drawn by dygraphs (package libjs-dygraphs), whose
/// script is put into the page. `table`: the contest's table as text. Throws Error when the script is not installed.
std::string contest_report(std::span<const PlottedRun> runs, const std::string& table);

}  // namespace argent
