// samples/tune/tune_options.h - the command line of argent tune.
#pragma once

#include <string>
#include <vector>

#include "calibration/evaluation/focus_curves.h"
#include "calibration/tune/response_objective.h"
#include "calibration/tune/scene_objective.h"
#include "calibration/tune/tuner.h"
#include "models/runtime/overwrite.h"
#include "samples/input_options.h"

namespace argent {

struct TuneCommand {
  std::vector<std::string> sets, objectives, patterns;
  std::string start;                ///< profile; empty: the defaults
  std::string estimator;            ///< of white balance; empty: the start's
  std::string tunings, folds_file;  ///< of Raspberry Pi's layout of labelled scenes
  SurfacePriors priors = SurfacePriors::kBuiltIn;
  std::string measure = FocusCurveOptions{}.measure;  ///< the column of recorded sweeps
  ResponseOptions response;
  TuneOptions tune;
  std::string output, report, front, state;  ///< files; all but the first may be empty
  Overwrite overwrite = Overwrite::kNo;
};

void add_options(CLI::App& app, TuneCommand& command);

}  // namespace argent
