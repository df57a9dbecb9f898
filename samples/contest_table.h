// samples/contest_table.h - many runs of one scenario, as rows of a table and as JSON lines.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/contest/contest.h"

namespace argent {

/// What is kept of a run.
struct ScoredRun {
  int seed = 0;
  RunScore score;
  bool focus_asked = false;
};

/// Value that `share` (0..1) of the runs do not pass; absent counts as never. NaN: never.
double quantile(std::vector<double> values, double share);

/// A block for people: one row a contestant, only the parts that the scenario is about.
std::string contest_header(const ContestScenario& scenario);
std::string contest_row(const ContestScenario& scenario, std::string_view contestant, std::span<const ScoredRun> runs);

/// One run, one line.
std::string json_of_run(std::string_view scenario, std::string_view contestant, const ScoredRun& run);

}  // namespace argent
