// samples/balance_plots.h - the plots of balance_report.h: HTML figures, drawn by the page's script.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "calibration/evaluation/balance_evaluation.h"

namespace argent {

/// What the figures call; once in the head of the page.
std::string_view balance_plot_script();

// `groups`: one an estimator, over all sensors of a set. `prefix`: begins the figures' names, another for each set of a page.

/// Cumulative shares of the errors, mired (where temperatures are known) and degrees, all estimators in one plot each.
std::string error_plots(std::span<const BalanceGroup> groups, const std::string& prefix);
/// Share of errors within k sigma against a Gaussian's, claimed against seen error by confidence, share of truths in the claimed regions
/// against their content, and the error of the surest share over that of all.
std::string reliability_plots(std::span<const BalanceGroup> groups, const std::string& prefix);
/// For each estimator: truth against estimate in mired or, of measured lights, the error in (log R/G, log B/G); histogram of errors; the
/// first two of reliability_plots.
std::string estimator_plots(std::span<const BalanceGroup> groups, const std::string& prefix);

}  // namespace argent
