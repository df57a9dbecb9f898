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

/// The camera's own answer to every picture that has one, in the order of the pictures.
BalanceScores camera_scores(std::span<const LabelledStatistics> images);

/// The same of an estimator, which is told the picture's prior. `name` stands in the scores.
BalanceScores estimator_scores(std::span<const LabelledStatistics> images, IlluminantEstimator& estimator, std::string_view name);

/// Of pictures whose temperature is known: others have no place on the curve to be fitted to, and throw Error.
std::vector<FitSample> fit_samples(std::span<const LabelledStatistics> images);

/// The folds that pictures are in; a picture without one (-1) is in none.
std::set<int> folds_of(std::span<const LabelledStatistics> images);

/// The pictures of one fold, scored by `bayes` with a prior fitted on the other folds: "bayes_folds". `samples`: those of `images`.
BalanceScores held_out_scores(std::span<const LabelledStatistics> images, std::span<const FitSample> samples, int fold);

/// One estimator's scores on one sensor of a set, or on "all" of its sensors. Not empty, and all measured or none.
struct BalanceGroup {
  std::string estimator, sensor, set;
  BalanceScores scores;

  bool measured() const { return scores.front().measured; }
};

/// What stands as set over the measured pictures of several sets; those without a measured light are never mixed, since a temperature
/// holds with its own set's tuning only.
inline constexpr std::string_view kAllSets = "all sets";

/// Set by set as they come, and kAllSets last where there are several that were measured; in each "all" first, then the sensors by name;
/// in each the estimators in the order of the scores.
std::vector<BalanceGroup> groups_of(std::span<const BalanceScore> scores);

/// The parts of `groups` that are of one set each.
std::vector<std::span<const BalanceGroup>> sets_of(std::span<const BalanceGroup> groups);

/// "degrees" of a measured group, else "mired": what its score is in.
const char* unit_of(const BalanceGroup& group);

/// Over every picture, with kStandInKelvin where there is no answer; and those that were answered and were not apart.
struct BalanceSummary {
  struct Part {
    std::size_t images = 0, in_mired = 0;  ///< all, and those whose temperature is known: mired is of them
    ErrorSummary mired, degrees;
  };
  Part all, answered, abstained;
};
BalanceSummary summary_of(std::span<const BalanceScore> scores);

}  // namespace argent
