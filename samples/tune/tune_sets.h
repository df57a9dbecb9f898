// samples/tune/tune_sets.h - the files and folders of the command line, by what is in them.
#pragma once

#include <filesystem>
#include <vector>

#include "calibration/evaluation/focus_curves.h"
#include "calibration/tune/rating_objective.h"
#include "calibration/tune/response_objective.h"
#include "calibration/tune/scene_objective.h"
#include "samples/tune/tune_options.h"

namespace argent {

struct TuneSets {
  std::vector<TuneScenario> scenarios;
  std::vector<RatedExposure> ratings;
  std::vector<LabelledStatistics> scenes;
  std::vector<FocusCurve> curves;
  std::uint64_t curves_fingerprint = 0;
  std::size_t bad = 0;  ///< that could not be used; each was named on stderr
};

/// Reads everything, RAW files through measure with `start`'s parameters. Throws UsageError where the options don't fit what is there.
TuneSets load_sets(const TuneCommand& command, const CameraProfile& start);

}  // namespace argent
