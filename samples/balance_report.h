// samples/balance_report.h - white balance estimators against labels as a page: tables, errors, and whether confidence is honest.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "samples/balance_table.h"

namespace argent {

/// What was evaluated, for the head of the page. As given on the command line; empty where nothing was.
struct BalanceReportSource {
  std::vector<std::string> tunings;
  std::string folds;
};

/// The whole page (see plot_page.h), a part for each set. `groups`: those of groups_of; not empty.
std::string balance_report(std::span<const BalanceGroup> groups, const Comparisons& comparisons, const BalanceReportSource& source);

}  // namespace argent
