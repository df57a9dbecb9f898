// calibration/tune/fold_deal.h - private: which case is in which fold, and the weightings of the terms.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "calibration/tune/objective.h"

namespace argent {

/// Fold of each case, 0..folds-1: an objective's groups, shuffled, go one by one to the fold that has fewest of its cases. Throws Error
/// when there are fewer groups than folds.
std::vector<int> deal_folds(const TuneObjective& objective, int folds, std::uint64_t seed);

/// `count` weightings at most, each adding up to 1. The first gives every objective the same and every term of one the same. Of two terms
/// the others lie evenly between both; of more, each leans to one term, then at random. One term has one weighting.
std::vector<std::vector<double>> weightings_of(std::span<const std::size_t> term_objectives, int count, std::uint64_t seed);

}  // namespace argent
