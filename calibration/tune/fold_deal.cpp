#include "calibration/tune/fold_deal.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kLean = 6;  // times its even weight that a term gets

void normalise(std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
}

std::string names(const std::vector<std::string>& groups) {
  std::string out;
  for (const std::string& group : groups) out += (out.empty() ? "" : ", ") + group;
  return out;
}

}  // namespace

std::vector<int> deal_folds(const TuneObjective& objective, int folds, std::uint64_t seed) {
  std::map<std::string, std::vector<std::size_t>> members;
  std::vector<std::string> groups;
  for (std::size_t i = 0; i < objective.cases().size(); i++) {
    std::vector<std::size_t>& group = members[objective.cases()[i].group];
    if (group.empty()) groups.push_back(objective.cases()[i].group);
    group.push_back(i);
  }
  if (groups.empty()) throw Error(objective.name(), ": has no case to tune on");
  if (static_cast<int>(groups.size()) < folds) {
    throw Error(objective.name(), ": ", groups.size() == 1 ? "one group of cases only" : std::to_string(groups.size()) + " groups of cases",
                " (", names(groups), "), too few for ", folds, " folds: what is tuned could not be judged on cases it has not seen");
  }
  std::mt19937_64 random(seed);
  // By hand: std::shuffle differs between libraries.
  for (std::size_t i = groups.size(); i > 1; i--) std::swap(groups[i - 1], groups[random() % i]);
  std::vector<int> out(objective.cases().size());
  std::vector<std::size_t> sizes(static_cast<std::size_t>(folds));
  for (const std::string& group : groups) {
    const auto fold = static_cast<std::size_t>(std::min_element(sizes.begin(), sizes.end()) - sizes.begin());
    sizes[fold] += members[group].size();
    for (std::size_t i : members[group]) out[i] = static_cast<int>(fold);
  }
  return out;
}

std::vector<std::vector<double>> weightings_of(std::span<const std::size_t> term_objectives, int count, std::uint64_t seed) {
  const std::size_t terms = term_objectives.size();
  std::vector<double> even;
  for (std::size_t objective : term_objectives)
    even.push_back(1.0 / static_cast<double>(std::count(term_objectives.begin(), term_objectives.end(), objective)));
  normalise(even);
  std::vector<std::vector<double>> out{even};
  if (terms < 2) return out;
  std::mt19937_64 random(seed);
  for (int i = 1; i < count; i++) {
    std::vector<double> weights = even;
    if (terms == 2) {
      const double share = count > 2 ? 0.1 + 0.8 * (i - 1) / (count - 2) : 0.9;
      weights = {share, 1 - share};
    } else if (i <= static_cast<int>(terms)) {
      weights[static_cast<std::size_t>(i - 1)] *= kLean;
    } else {
      for (double& weight : weights) weight *= std::pow(kLean, 2 * static_cast<double>(random() >> 11) * 0x1p-53 - 1);
    }
    normalise(weights);
    out.push_back(std::move(weights));
  }
  return out;
}

}  // namespace argent
