// calibration/evaluation/balance_evaluation.h - estimators of the light on labelled statistics: scored, in folds, and in sum.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/evaluation/balance_score.h"
#include "calibration/evaluation/surface_prior_fit.h"

namespace argent {

using BalanceScores = std::vector<BalanceScore>;

/// Every picture's camera's own answer, in the order of the pictures.
BalanceScores camera_scores(std::span<const LabelledStatistics> images);

/// The same of an estimator, which is told the picture's prior. `name` stands in the scores.
BalanceScores estimator_scores(std::span<const LabelledStatistics> images, const IlluminantEstimator& estimator, std::string_view name);

std::vector<FitSample> fit_samples(std::span<const LabelledStatistics> images);

/// The folds that pictures are in; a picture without one (-1) is in none.
std::set<int> folds_of(std::span<const LabelledStatistics> images);

/// The pictures of one fold, scored by `bayes` with a prior fitted on the other folds: "bayes_folds". `samples`: those of `images`.
BalanceScores held_out_scores(std::span<const LabelledStatistics> images, std::span<const FitSample> samples, int fold);

/// One estimator's scores on one sensor, or on "all".
struct BalanceGroup {
  std::string estimator, sensor;
  BalanceScores scores;
};

/// "all" first, then the sensors by name; in each the estimators in the order of the scores.
std::vector<BalanceGroup> groups_of(std::span<const BalanceScore> scores);

/// Over every picture, with kStandInKelvin where there is no answer; and those that were answered and were not apart.
struct BalanceSummary {
  struct Part {
    std::size_t images = 0;
    ErrorSummary mired, degrees;
  };
  Part all, answered, abstained;
};
BalanceSummary summary_of(std::span<const BalanceScore> scores);

}  // namespace argent
