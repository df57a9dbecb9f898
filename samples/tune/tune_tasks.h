// samples/tune/tune_tasks.h - what is to be tuned: one task a controller, with its objectives and parameters.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "calibration/tune/tuner.h"
#include "samples/tune/tune_sets.h"

namespace argent {

struct TuneTask {
  std::string controller;  ///< "ae", "awb" or "af"
  std::vector<std::unique_ptr<TuneObjective>> objectives;
  ParameterSpace space;

  std::vector<const TuneObjective*> pointers() const;
};

/// In the order in which the command line names the controllers. Takes ratings, scenes and curves out of `sets`. Throws UsageError for an
/// objective that is unknown, named twice or without a case, and for parameters of a controller that no objective is of.
std::vector<TuneTask> tasks_of(const TuneCommand& command, const CameraProfile& start, TuneSets& sets);

}  // namespace argent
