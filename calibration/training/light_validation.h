// calibration/training/light_validation.h - which pictures a model learns from, and which then judge it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "calibration/evaluation/balance_evaluation.h"
#include "calibration/training/light_training.h"

namespace argent {

/// Indices of pictures.
struct LightSplit {
  std::string name;
  std::vector<std::int64_t> learn, judge;
};

/// One for each fold, by its number: its pictures judge, those of the other folds are learned from.
std::vector<LightSplit> fold_splits(std::span<const LabelledStatistics> pictures);

/// One for each sensor with at least `enough` pictures, by its name: these judge, and whatever shares a group with one of them is not
/// learned from either.
std::vector<LightSplit> sensor_splits(std::span<const LabelledStatistics> pictures, std::size_t enough);

/// What the estimators that a model makes say of the pictures that judge ("learned_colors", "learned_zones", "fused", and the last without
/// its gate, "fused_ungated"), and what a model has to beat: "bayes" with a prior fitted on those that are learned from, which is also the
/// prior of "fused". Pictures without a temperature are not fitted to; where there are no others, both have the built-in prior.
BalanceScores split_scores(std::span<const LabelledStatistics> pictures, const LightSplit& split, std::shared_ptr<const LightModel> model);

/// How much worse an estimator is on a sensor that it has not seen.
struct UnseenSensor {
  std::string sensor;
  double in_folds = 0, left_out = 0;  ///< mean errors
};
/// Of the sensors that are in both.
std::vector<UnseenSensor> unseen_sensors(std::span<const BalanceGroup> in_folds, std::span<const BalanceGroup> left_out,
                                         std::string_view estimator);

}  // namespace argent
