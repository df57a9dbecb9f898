// calibration/evaluation/balance_comparison.h - is one white-balance estimator better than another, and by how much.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calibration/evaluation/balance_evaluation.h"

namespace argent {

/// Those without anything learned or fitted: what an estimator has to beat.
std::span<const std::string_view> classical_estimators();

/// Mean error of a group's score over that of the best classical estimator on the same set and sensor, below 1 is better; and over
/// grey_edge's. nullopt where there is none, or where its mean error is 0.
std::optional<double> ratio_to_best_classical(const BalanceGroup& group, std::span<const BalanceGroup> groups);
std::optional<double> ratio_to_grey_edge(const BalanceGroup& group, std::span<const BalanceGroup> groups);

/// Whether its row may win: `bayes` has a prior that was fitted on pi_scenes, so where `bayes_folds` stands beside it, that is the honest
/// one.
bool competes(const BalanceGroup& group, std::span<const BalanceGroup> groups);

struct Bootstrap {
  int draws = 4000;
  double confidence = 0.95;  ///< of the interval, 0..1
  std::uint64_t seed = 1;
};

/// Mean error of `a` less that of `b` over the pictures that both have, in the unit of the score.
struct PairedDifference {
  std::string a, b;
  std::size_t pictures = 0;
  double mean_a = 0, mean_b = 0;
  double low = 0, high = 0;  ///< the interval of mean_a - mean_b: where it leaves out 0 the difference is more than luck

  double difference() const { return mean_a - mean_b; }
};

/// Pictures are drawn with replacement, each with its two errors; the interval holds the middle of the sorted means. The draws are a
/// function of the seed (Philox): the same in every run and on every machine. Throws Error when the two share no picture.
/// Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", section 13.3, the percentile interval.
PairedDifference compare(const BalanceGroup& a, const BalanceGroup& b, const Bootstrap& bootstrap = {});

using EstimatorPair = std::pair<std::string, std::string>;

/// What is worth comparing on `groups`, the estimators on all of one set: the best two of those that compete, and, when it is neither,
/// the best against the Bayesian estimator (the one that competes).
std::vector<EstimatorPair> pairs_worth_comparing(std::span<const BalanceGroup> groups);

}  // namespace argent
