// calibration/tune/scene_objective.h - white balance on scenes whose light is known.
#pragma once

#include <memory>
#include <vector>

#include "aaa/illuminants/surface_prior.h"
#include "calibration/evaluation/labelled_statistics.h"
#include "calibration/tune/objective.h"

namespace argent {

/// Which prior of surfaces `bayes` and `fused` are given.
enum class SurfacePriors {
  kBuiltIn,
  /// Of each scene with a fold (read_folds()) one that is fitted to the other folds' scenes: for sets that the built-in one was fitted to,
  /// which would seem better than it is.
  kLeaveFoldOut,
};

/// "awb": mean error and that of the worst quarter, in degrees of the scenes with a measured light and in mired of the others. The
/// estimator is that of the parameters. Groups are the scenes' own, else user, sensor and scene together.
std::unique_ptr<TuneObjective> make_scene_objective(std::vector<LabelledStatistics> scenes, SurfacePriors priors = SurfacePriors::kBuiltIn);

}  // namespace argent
