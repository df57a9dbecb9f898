// samples/balance_plots.h - the plots of balance_report.h: HTML figures, drawn by the page's script.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "calibration/evaluation/balance_evaluation.h"

namespace argent {

/// What the figures call; once in the head of the page.
std::string_view balance_plot_script();

// `groups`: one an estimator, over all sensors.

/// Cumulative shares of the errors, mired and degrees, all estimators in one plot each.
std::string error_plots(std::span<const BalanceGroup> groups);
/// Share of errors within k sigma against a Gaussian's, and claimed against seen error by confidence.
std::string reliability_plots(std::span<const BalanceGroup> groups);
/// For each estimator: truth against estimate in mired, histogram of signed errors, the two of reliability_plots.
std::string estimator_plots(std::span<const BalanceGroup> groups);

}  // namespace argent
