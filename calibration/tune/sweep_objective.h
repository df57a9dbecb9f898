// calibration/tune/sweep_objective.h - autofocus on recorded sweeps: the search moves a lens through contrast that somebody measured.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "calibration/evaluation/focus_curves.h"
#include "calibration/tune/objective.h"

namespace argent {

/// How a recorded sweep becomes a camera: its positions lie evenly over the normal range of the parameters; the lens follows as told.
struct SweepOptions {
  int starts = 3;                ///< lens positions that a search begins at, of each curve
  int frames = 120;              ///< of a run, at 30 Hz
  float contrast_noise = 0.01f;  ///< relative, standard deviation of a frame's contrast
  float play = 0.05f;            ///< dioptres between the ways up and down
};

/// "af=sweeps": time, error and misses as of "af=response". A curve is a group. `fingerprint`: of the curves' file.
std::unique_ptr<TuneObjective> make_sweep_objective(std::vector<FocusCurve> curves, std::uint64_t fingerprint,
                                                    const SweepOptions& options = {});

}  // namespace argent
