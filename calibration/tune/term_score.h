// calibration/tune/term_score.h - private: from the cases' numbers to what is compared.
#pragma once

#include <span>
#include <vector>

#include "calibration/tune/objective.h"

namespace argent {

/// What a term sums up to over the results of its objective; NaN: no case says anything.
double sum_of(const TuneTerm& term, std::span<const CaseResult* const> results);

/// `tuned` over `start` of a term, each with its floor; 1: as good. NaN where either is.
double ratio_of(const TuneTerm& term, double tuned, double start);

/// Weighted mean of ratios; those that are NaN are left out. 1 without any.
double score_of(std::span<const double> ratios, std::span<const double> weights);

}  // namespace argent
