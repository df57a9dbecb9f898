// samples/balance_report.h - white balance estimators against labels as a page: tables, errors, and whether confidence is honest.
#pragma once

#include <span>
#include <string>

#include "calibration/evaluation/balance_evaluation.h"

namespace argent {

/// What was evaluated, for the head of the page.
struct BalanceReportSource {
  std::string folder, tunings, folds;  ///< as given on the command line; folds may be empty
};

/// The whole page (see plot_page.h). `groups`: those of groups_of, "all" among them; not empty.
std::string balance_report(std::span<const BalanceGroup> groups, const BalanceReportSource& source);

}  // namespace argent
