#include "calibration/evaluation/balance_evaluation.h"

#include <algorithm>
#include <map>
#include <utility>

#include "aaa/illuminants/bayes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr const char* kAll = "all";

BalanceScore estimated(const LabelledStatistics& image, IlluminantEstimator& estimator, std::string_view name) {
  return score_of(image, estimator.estimate(image.statistics, image.prior), std::string(name));
}

template <class Wanted>
BalanceSummary::Part part_of(std::span<const BalanceScore> scores, Wanted wanted) {
  std::vector<double> mired, degrees;
  for (const BalanceScore& score : scores) {
    if (!wanted(score)) continue;
    if (score.has_mired()) mired.push_back(score.mired);
    degrees.push_back(score.degrees);
  }
  return {degrees.size(), mired.size(), summary_of(mired), summary_of(degrees)};
}

/// "all" and the sensors of one set.
void add_groups(const std::string& set, const std::vector<const BalanceScore*>& scores, std::vector<BalanceGroup>& groups) {
  std::vector<std::string> estimators;
  std::set<std::string> sensors;
  std::map<std::pair<std::string, std::string>, BalanceScores> parts;  // by sensor and estimator
  for (const BalanceScore* s : scores) {
    if (std::find(estimators.begin(), estimators.end(), s->estimator) == estimators.end()) estimators.push_back(s->estimator);
    sensors.insert(s->sensor);
    parts[{kAll, s->estimator}].push_back(*s);
    parts[{s->sensor, s->estimator}].push_back(*s);
  }
  std::vector<std::string> columns{kAll};
  columns.insert(columns.end(), sensors.begin(), sensors.end());
  for (const std::string& sensor : columns) {
    for (const std::string& estimator : estimators) {
      const auto part = parts.find({sensor, estimator});
      if (part != parts.end()) groups.push_back({estimator, sensor, set, std::move(part->second)});
    }
  }
}

}  // namespace

BalanceScores camera_scores(std::span<const LabelledStatistics> images) {
  BalanceScores scores;
  for (const LabelledStatistics& image : images) {
    if (image.camera_kelvin > 0) scores.push_back(camera_score(image));
  }
  return scores;
}

BalanceScores estimator_scores(std::span<const LabelledStatistics> images, IlluminantEstimator& estimator, std::string_view name) {
  BalanceScores scores;
  for (const LabelledStatistics& image : images) scores.push_back(estimated(image, estimator, name));
  return scores;
}

std::vector<FitSample> fit_samples(std::span<const LabelledStatistics> images) {
  std::vector<FitSample> samples;
  for (const LabelledStatistics& image : images) {
    if (!(image.kelvin > 0)) throw Error(image.file, ": the temperature of its light is not known, and nothing can be fitted to it");
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
  std::vector<std::string> sets;
  std::map<std::string, std::vector<const BalanceScore*>> of_set;
  std::set<std::string> measured;
  for (const BalanceScore& s : scores) {
    if (!of_set.contains(s.set)) sets.push_back(s.set);
    of_set[s.set].push_back(&s);
    if (s.measured) measured.insert(s.set);
  }
  std::vector<BalanceGroup> groups;
  for (const std::string& set : sets) add_groups(set, of_set[set], groups);
  if (measured.size() < 2) return groups;
  std::vector<const BalanceScore*> all;
  for (const BalanceScore& s : scores) {
    if (s.measured) all.push_back(&s);
  }
  add_groups(std::string(kAllSets), all, groups);
  return groups;
}

std::vector<std::span<const BalanceGroup>> sets_of(std::span<const BalanceGroup> groups) {
  std::vector<std::span<const BalanceGroup>> sets;
  for (std::size_t from = 0, to = 0; from < groups.size(); from = to) {
    while (to < groups.size() && groups[to].set == groups[from].set) to++;
    sets.push_back(groups.subspan(from, to - from));
  }
  return sets;
}

const char* unit_of(const BalanceGroup& group) { return group.measured() ? "degrees" : "mired"; }

BalanceSummary summary_of(std::span<const BalanceScore> scores) {
  return {part_of(scores, [](const BalanceScore&) { return true; }), part_of(scores, [](const BalanceScore& s) { return s.answered(); }),
          part_of(scores, [](const BalanceScore& s) { return !s.answered(); })};
}

}  // namespace argent
