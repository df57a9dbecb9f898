// aaa/focus_peak.h - private: where contrast is highest, from noisy samples of it.
#pragma once

#include <cstddef>
#include <span>

namespace argent {

struct FocusSample {
  float position = 0;  ///< dioptres, or whatever counts lens positions
  float score = 0;     ///< contrast, >= 0
};

struct FocusPeak {
  float position = 0;
  float score = 0;        ///< contrast expected there
  float uncertainty = 0;  ///< standard deviation of the position: noise and the shape of the peak that isn't known
  bool inside = false;    ///< samples on both sides are lower: the peak is bracketed
  float prominence = 0;   ///< how far the highest sample stands above the lowest, in standard deviations of the noise
};

/// `noise`: of one score, relative to it. `around`: samples on each side of the highest that may take part. Scores that aren't finite are
/// left out; no sample: everything is 0.
///
/// Source: own. Defocus blurs by a disc whose width grows linearly, so the energy of an edge's second difference falls as
/// (1 + d^2 / w^2)^-1.5 (score^(-2/3) is then a parabola) where there is detail, and as exp(-d^2 / w^2) where it is coarse (log score is).
/// Both are fitted to the samples around the highest by least squares with weights that follow from relative noise; how far they differ
/// counts as uncertainty; where only one sample is near the top, so does half of what the tails move the peak by.
FocusPeak estimate_focus_peak(std::span<const FocusSample> samples, float noise, std::size_t around = 3);

}  // namespace argent
