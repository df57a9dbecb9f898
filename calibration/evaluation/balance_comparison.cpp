#include "calibration/evaluation/balance_comparison.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "models/kernels/philox.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::string_view kClassical[] = {"grey_world", "shades_of_grey", "white_patch", "grey_edge", "grey_edge_second", "grey_pixel"};
constexpr std::string_view kBayes = "bayes", kBayesOfFolds = "bayes_folds";

double mean_error(const BalanceGroup& group) {
  double sum = 0;
  for (const BalanceScore& score : group.scores) sum += score.error();
  return sum / static_cast<double>(group.scores.size());
}

std::optional<double> ratio(const BalanceGroup& group, std::optional<double> other) {
  return other && *other > 0 ? std::optional(mean_error(group) / *other) : std::nullopt;
}

/// The least mean error of those of the same set and sensor that are named.
std::optional<double> least_error(const BalanceGroup& group, std::span<const BalanceGroup> groups,
                                  std::span<const std::string_view> names) {
  std::optional<double> least;
  for (const BalanceGroup& other : groups) {
    if (other.set != group.set || other.sensor != group.sensor) continue;
    if (std::find(names.begin(), names.end(), other.estimator) == names.end()) continue;
    least = std::min(least.value_or(INFINITY), mean_error(other));
  }
  return least;
}

/// Sum of `count` of the differences, drawn with replacement: the draw `draw` of the sequence `seed`.
double drawn_sum(std::span<const double> differences, std::uint64_t seed, std::uint64_t draw) {
  double sum = 0;
  for (std::size_t i = 0; i < differences.size(); i += 4) {
    const auto words = kernels::philox(seed, i / 4, draw);
    for (std::size_t k = 0; k < 4 && i + k < differences.size(); k++) sum += differences[(words[k] * differences.size()) >> 32];
  }
  return sum;
}

}  // namespace

std::span<const std::string_view> classical_estimators() { return kClassical; }

std::optional<double> ratio_to_best_classical(const BalanceGroup& group, std::span<const BalanceGroup> groups) {
  return ratio(group, least_error(group, groups, kClassical));
}

std::optional<double> ratio_to_grey_edge(const BalanceGroup& group, std::span<const BalanceGroup> groups) {
  constexpr std::string_view kGreyEdge[] = {"grey_edge"};
  return ratio(group, least_error(group, groups, kGreyEdge));
}

bool competes(const BalanceGroup& group, std::span<const BalanceGroup> groups) {
  return group.estimator != kBayes || std::none_of(groups.begin(), groups.end(), [&](const BalanceGroup& other) {
           return other.estimator == kBayesOfFolds && other.set == group.set && other.sensor == group.sensor;
         });
}

PairedDifference compare(const BalanceGroup& a, const BalanceGroup& b, const Bootstrap& bootstrap) {
  std::map<std::pair<std::string_view, std::string_view>, float> errors_of_b;
  for (const BalanceScore& score : b.scores) errors_of_b[{score.set, score.file}] = score.error();
  PairedDifference out{.a = a.estimator, .b = b.estimator};
  std::vector<double> differences;
  for (const BalanceScore& score : a.scores) {
    const auto other = errors_of_b.find({score.set, score.file});
    if (other == errors_of_b.end()) continue;
    differences.push_back(static_cast<double>(score.error()) - other->second);
    out.mean_a += score.error();
    out.mean_b += other->second;
  }
  if (differences.empty()) throw Error(a.estimator, " and ", b.estimator, " share no picture");
  const auto n = static_cast<double>(differences.size());
  out.pictures = differences.size();
  out.mean_a /= n;
  out.mean_b /= n;
  std::vector<double> means;
  for (int draw = 0; draw < bootstrap.draws; draw++) {
    means.push_back(drawn_sum(differences, bootstrap.seed, static_cast<std::uint64_t>(draw)) / n);
  }
  std::sort(means.begin(), means.end());
  out.low = quantile_of(means, (1 - bootstrap.confidence) / 2);
  out.high = quantile_of(means, (1 + bootstrap.confidence) / 2);
  return out;
}

std::vector<EstimatorPair> pairs_worth_comparing(std::span<const BalanceGroup> groups) {
  std::vector<const BalanceGroup*> sorted;
  for (const BalanceGroup& group : groups) {
    if (competes(group, groups)) sorted.push_back(&group);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* x, const auto* y) { return mean_error(*x) < mean_error(*y); });
  std::vector<EstimatorPair> pairs;
  for (std::size_t i = 1; i < sorted.size(); i++) {
    const bool bayesian = sorted[i]->estimator == kBayes || sorted[i]->estimator == kBayesOfFolds;
    const bool best_is_folds = sorted[0]->estimator == kBayesOfFolds || sorted[0]->estimator == kBayes;
    if (i == 1 || (bayesian && !best_is_folds)) pairs.emplace_back(sorted[0]->estimator, sorted[i]->estimator);
  }
  return pairs;
}

}  // namespace argent
