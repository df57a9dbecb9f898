// samples/contest_columns.h - private: the columns of the contest's table: what each says of many runs of one scenario.
#pragma once

#include <span>
#include <vector>

#include "calibration/contest/contest.h"

namespace argent {

/// What is kept of a run.
struct ScoredRun {
  int seed = 0;
  RunScore score;
  bool focus_asked = false;
};

struct ContestColumn {
  const char* title;    ///< at most 10 letters; "95%" goes with the column before it
  const char* meaning;  ///< one line
  const char* format;   ///< of printf, for a double
  /// Infinite: never; NaN: no run to say it of.
  double (*value)(std::span<const ScoredRun> runs);
};

/// Value that `share` (0..1) of the runs do not pass; absent counts as never (infinite). NaN: no values.
double quantile(std::vector<double> values, double share);

/// Those that the scenario is about.
std::vector<ContestColumn> columns_for(const ContestScenario& scenario);

/// "never", "-" or the number.
std::string text_of(const ContestColumn& column, std::span<const ScoredRun> runs);

}  // namespace argent
