// samples/contest_report.h - the contest as a page that stands alone: one HTML file, nothing fetched.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "samples/contest_columns.h"

namespace argent {

struct ReportRow {
  std::string contestant;
  std::vector<std::string> cells;  ///< of the table, one a column
  Run run;                         ///< the one that is drawn
};

struct ReportScenario {
  std::string name;
  int runs = 0;
  std::vector<ContestColumn> columns;
  std::vector<ReportRow> rows;  ///< one a contestant
};

/// The whole page: all tables, what their columns mean, and of each scenario's first run pictures and plots. Drawn by dygraphs (package
/// libjs-dygraphs), whose script is put into the page. Throws Error when that is not installed.
std::string contest_report(std::span<const ReportScenario> scenarios);

}  // namespace argent
