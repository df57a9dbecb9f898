// samples/balance_table.h - white balance estimators against labels: the lines that `argent evaluate awb` prints.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "calibration/evaluation/balance_comparison.h"

namespace argent {

using Comparisons = std::map<std::string, std::vector<PairedDifference>>;  // by set

/// For people: set by set errors, abstentions, confidence, comparisons. `groups`: those of groups_of.
std::string balance_table(std::span<const BalanceGroup> groups, const Comparisons& comparisons);

/// The same for programs: an object a line.
std::string balance_json(std::span<const BalanceGroup> groups, const Comparisons& comparisons);

/// A line a picture and estimator, with a header. A cell is empty where the number is not known.
std::string balance_csv(std::span<const BalanceScore> scores);

/// "0.42", and "n/a" for none.
std::string ratio_text(std::optional<double> ratio);

/// "a 3.10, b 4.20 degrees: difference -1.10, 95 % [-1.60, -0.61], 568 pictures"
std::string comparison_text(const PairedDifference& difference, const char* unit);

}  // namespace argent
