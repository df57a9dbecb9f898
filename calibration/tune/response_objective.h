// calibration/tune/response_objective.h - how the controllers answer to what happens, in a closed loop on the simulated camera.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "calibration/contest/contest.h"
#include "calibration/tune/objective.h"

namespace argent {

struct TuneScenario {
  std::string name;
  ContestScenario scenario;
  std::uint64_t fingerprint = 0;  ///< of its file
};

enum class ResponseOf {
  kExposure,      ///< "ae=response": settling, overshoot, clipping, ripple; of every scenario without an autofocus trigger
  kWhiteBalance,  ///< "awb=response": following and wobble; of the same ones
  kFocus,         ///< "af=response": time, error, misses; of those with a trigger
};

struct ResponseOptions {
  int runs = 4;      ///< of each scenario: 0, the file as it stands, and draws of what varies
  int frames = 600;  ///< of a run, at most
  /// Whether a scenario's runs may be divided between tuning and judging.
  enum class Split { kScenarios, kRuns } split = Split::kScenarios;
};

/// Scenarios that say nothing of it are left out; without any that do it has no cases.
std::unique_ptr<TuneObjective> make_response_objective(ResponseOf what, const std::vector<TuneScenario>& scenarios,
                                                       const ResponseOptions& options);

}  // namespace argent
