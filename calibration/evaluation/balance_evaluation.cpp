#include "calibration/evaluation/balance_evaluation.h"

#include <algorithm>

#include "aaa/illuminants/bayes.h"

namespace argent {
namespace {

BalanceScore estimated(const LabelledStatistics& image, const IlluminantEstimator& estimator, std::string_view name) {
  return score_of(image, estimator.estimate(image.statistics, image.prior), std::string(name));
}

template <class Wanted>
BalanceSummary::Part part_of(std::span<const BalanceScore> scores, Wanted wanted) {
  std::vector<double> mired, degrees;
  for (const BalanceScore& score : scores) {
    if (!wanted(score)) continue;
    mired.push_back(score.mired);
    degrees.push_back(score.degrees);
  }
  return {mired.size(), summary_of(mired), summary_of(degrees)};
}

}  // namespace

BalanceScores camera_scores(std::span<const LabelledStatistics> images) {
  BalanceScores scores;
  for (const LabelledStatistics& image : images) scores.push_back(camera_score(image));
  return scores;
}

BalanceScores estimator_scores(std::span<const LabelledStatistics> images, const IlluminantEstimator& estimator, std::string_view name) {
  BalanceScores scores;
  for (const LabelledStatistics& image : images) scores.push_back(estimated(image, estimator, name));
  return scores;
}

std::vector<FitSample> fit_samples(std::span<const LabelledStatistics> images) {
  std::vector<FitSample> samples;
  for (const LabelledStatistics& image : images) {
    samples.push_back(fit_sample(image.statistics, image.prior, image.lux, image.kelvin));
  }
  return samples;
}

std::set<int> folds_of(std::span<const LabelledStatistics> images) {
  std::set<int> folds;
  for (const LabelledStatistics& image : images) {
    if (image.fold >= 0) folds.insert(image.fold);
  }
  return folds;
}

BalanceScores held_out_scores(std::span<const LabelledStatistics> images, std::span<const FitSample> samples, int fold) {
  std::vector<const FitSample*> others;
  for (std::size_t i = 0; i < images.size(); i++) {
    if (images[i].fold != fold && images[i].fold >= 0) others.push_back(&samples[i]);
  }
  const auto estimator = make_bayes_with(fit_surface_prior(others));
  BalanceScores scores;
  for (const LabelledStatistics& image : images) {
    if (image.fold == fold) scores.push_back(estimated(image, *estimator, "bayes_folds"));
  }
  return scores;
}

std::vector<BalanceGroup> groups_of(std::span<const BalanceScore> scores) {
  std::vector<std::string> estimators;
  std::set<std::string> sensors;
  for (const BalanceScore& s : scores) {
    if (std::find(estimators.begin(), estimators.end(), s.estimator) == estimators.end()) estimators.push_back(s.estimator);
    sensors.insert(s.sensor);
  }
  std::vector<std::string> columns{"all"};
  columns.insert(columns.end(), sensors.begin(), sensors.end());
  std::vector<BalanceGroup> groups;
  for (const std::string& sensor : columns) {
    for (const std::string& estimator : estimators) {
      BalanceGroup group{estimator, sensor, {}};
      for (const BalanceScore& s : scores) {
        if (s.estimator == estimator && (sensor == "all" || s.sensor == sensor)) group.scores.push_back(s);
      }
      if (!group.scores.empty()) groups.push_back(std::move(group));
    }
  }
  return groups;
}

BalanceSummary summary_of(std::span<const BalanceScore> scores) {
  return {part_of(scores, [](const BalanceScore&) { return true; }), part_of(scores, [](const BalanceScore& s) { return s.answered(); }),
          part_of(scores, [](const BalanceScore& s) { return !s.answered(); })};
}

}  // namespace argent
