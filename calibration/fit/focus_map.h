// calibration/fit/focus_map.h - what a lens's codes mean: dioptres, backlash, depth of field; and what autofocus is told of it.
//
// Source: own. Contrast and its peak are those of autofocus (aaa/focus_score.h, aaa/focus_peak.h), so that both agree on what sharp is.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aaa/auto_focus_params.h"
#include "calibration/fit/focus_sweep.h"
#include "camera/lens_map.h"

namespace argent {

struct Measured {
  double value = 0, error = 0;  ///< error: one standard error
};

struct FocusMap {
  std::vector<LensMap::Point> points;  ///< a LensMap's: the line's ends, or where it is no line a point a distance
  bool curved = false;                 ///< the points are not those of the line
  Measured infinity;                   ///< code at 0 dioptres, of the line
  Measured per_dioptre;                ///< codes, of the line; below 0: codes fall toward near
  double off_line = 0;                 ///< codes, rms of the distances' peaks from the line
  std::optional<Measured> backlash;    ///< codes between the peaks of rising and of falling codes; absent: not measured
  std::optional<Measured> backlash_dioptres;
  std::optional<Measured> depth_of_field;  ///< dioptres, whole, to about a quarter: targets differ; absent: no sweep was wide enough
  std::vector<SweepPeak> sweeps;           ///< one of each given, those that were left out too
};

/// Sweeps at two distances or more; both ways at one or more tells the backlash. The map is that of sweeps from far to near, the way on
/// which autofocus comes to every peak; a distance that has only the other way is moved by the backlash. Weights are 1 / error^2. A line,
/// unless at four distances or more it misses them by more than 1 % of the range and twice their errors; then peaks whose codes go back are
/// drawn together until all rise (or fall). Throws Error: fewer than two distances with a peak, or codes that don't follow the distance.
FocusMap fit_focus_map(std::span<const FocusSweep> sweeps);

struct CodeRange {
  float least = 0, most = 0;
};

/// What autofocus is told. `codes`: the driver's range, or absent: as far as was measured.
/// full: what the codes reach, from 0 dioptres on, at most half as far again beyond what was measured as that is wide. normal and macro: 0
/// to 12/15 and 3/15 to 1 of it; rest at 1 dioptre, 4/15 of macro: the proportions of the defaults. depth_of_field: as measured. fine_step,
/// normal_speed, fast_speed: 0.44, 2.2 and 3.3 depths of field a frame, as those of the defaults. backlash: as measured, and two errors
/// more. What was not measured keeps its value in `start`.
AutoFocusParams focus_params(const FocusMap& map, const std::optional<CodeRange>& codes = std::nullopt, const AutoFocusParams& start = {});

}  // namespace argent
