// samples/contest_table.h - many runs of one scenario, as rows of a table and as JSON lines.
#pragma once

#include <string>
#include <string_view>

#include "samples/contest_columns.h"

namespace argent {

/// A block for people: one row a contestant, only the parts that the scenario is about.
std::string contest_header(const ContestScenario& scenario);
std::string contest_row(const ContestScenario& scenario, std::string_view contestant, std::span<const ScoredRun> runs);

/// One run, one line.
std::string json_of_run(std::string_view scenario, std::string_view contestant, const ScoredRun& run);

}  // namespace argent
