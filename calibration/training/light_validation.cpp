#include "calibration/training/light_validation.h"

#include <iterator>
#include <map>
#include <set>

#include "aaa/illuminants/bayes.h"
#include "aaa/illuminants/learned.h"

namespace argent {

std::vector<LightSplit> fold_splits(std::span<const LabelledStatistics> pictures) {
  std::vector<LightSplit> splits;
  for (const int fold : folds_of(pictures)) {
    LightSplit split{"fold " + std::to_string(fold), {}, {}};
    for (std::size_t i = 0; i < pictures.size(); i++) {
      if (pictures[i].fold >= 0) (pictures[i].fold == fold ? split.judge : split.learn).push_back(static_cast<std::int64_t>(i));
    }
    splits.push_back(std::move(split));
  }
  return splits;
}

std::vector<LightSplit> sensor_splits(std::span<const LabelledStatistics> pictures, std::size_t enough) {
  std::map<std::string, std::set<std::string>> groups;  // by sensor
  std::map<std::string, std::size_t> counts;
  for (const LabelledStatistics& picture : pictures) {
    counts[picture.sensor]++;
    if (!picture.group.empty()) groups[picture.sensor].insert(picture.group);
  }
  std::vector<LightSplit> splits;
  for (const auto& [sensor, count] : counts) {
    if (count < enough) continue;
    LightSplit split{sensor, {}, {}};
    for (std::size_t i = 0; i < pictures.size(); i++) {
      if (pictures[i].sensor == sensor)
        split.judge.push_back(static_cast<std::int64_t>(i));
      else if (!groups[sensor].contains(pictures[i].group))
        split.learn.push_back(static_cast<std::int64_t>(i));
    }
    if (!split.learn.empty()) splits.push_back(std::move(split));
  }
  return splits;
}

namespace {

SurfacePrior prior_of(std::span<const LabelledStatistics> pictures, std::span<const std::int64_t> which) {
  std::vector<LabelledStatistics> with_temperature;
  for (std::int64_t i : which) {
    const LabelledStatistics& picture = pictures[static_cast<std::size_t>(i)];
    if (picture.kelvin > 0) with_temperature.push_back(picture);
  }
  const std::vector<FitSample> samples = fit_samples(with_temperature);
  std::vector<const FitSample*> all;
  for (const FitSample& sample : samples) all.push_back(&sample);
  return all.empty() ? kSurfacePrior : fit_surface_prior(all);
}

}  // namespace

BalanceScores split_scores(std::span<const LabelledStatistics> pictures, const LightSplit& split, std::shared_ptr<const LightModel> model) {
  std::vector<LabelledStatistics> judges;
  for (std::int64_t i : split.judge) judges.push_back(pictures[static_cast<std::size_t>(i)]);
  const SurfacePrior prior = prior_of(pictures, split.learn);
  BalanceScores scores;
  const auto add = [&](std::string_view name, const std::unique_ptr<IlluminantEstimator>& estimator) {
    BalanceScores more = estimator_scores(judges, *estimator, name);
    std::move(more.begin(), more.end(), std::back_inserter(scores));
  };
  add("learned_colors", make_learned_colors_with(model));
  add("learned_zones", make_learned_zones_with(model));
  add("fused", make_fused_with(model, prior));
  add("fused_ungated", make_fused_with(model, prior, Gate::kOff));
  add("bayes", make_bayes_with(prior));
  return scores;
}

std::vector<UnseenSensor> unseen_sensors(std::span<const BalanceGroup> in_folds, std::span<const BalanceGroup> left_out,
                                         std::string_view estimator) {
  const auto mean_error = [](const BalanceGroup& group) {
    double sum = 0;
    for (const BalanceScore& score : group.scores) sum += score.error();
    return sum / static_cast<double>(group.scores.size());
  };
  std::vector<UnseenSensor> out;
  for (const BalanceGroup& unseen : left_out) {
    if (unseen.estimator != estimator || unseen.sensor == "all") continue;
    for (const BalanceGroup& seen : in_folds) {
      if (seen.estimator == estimator && seen.sensor == unseen.sensor && seen.set == unseen.set)
        out.push_back({unseen.sensor, mean_error(seen), mean_error(unseen)});
    }
  }
  return out;
}

}  // namespace argent
