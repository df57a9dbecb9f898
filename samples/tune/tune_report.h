// samples/tune/tune_report.h - what came of tuning as a page that stands alone.
#pragma once

#include <string>
#include <vector>

#include "calibration/profile/camera_profile.h"
#include "samples/tune/tune_tables.h"

namespace argent {

/// Verdicts, terms held out, parameters with their sensitivities, the front, cases before and after, and the first run of each scenario
/// with both. Says nothing of time or threads: the same tuning makes the same page. Throws Error when dygraphs is not installed.
std::string tune_report(const std::vector<TunedTask>& tuned, const CameraProfile& start, const std::vector<TuneScenario>& scenarios,
                        const ResponseOptions& response);

}  // namespace argent
