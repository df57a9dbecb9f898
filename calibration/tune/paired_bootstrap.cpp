#include "calibration/tune/paired_bootstrap.h"

#include <random>

#include "calibration/tune/term_score.h"

namespace argent {

void PairedBootstrap::add(std::size_t objective, const std::string& group, const CaseResult& start, const CaseResult& tuned) {
  if (groups_.size() <= objective) groups_.resize(objective + 1);
  groups_[objective][group].push_back({&start, &tuned});
}

double PairedBootstrap::score_of_draw(const std::vector<std::vector<Unit>>& units, std::uint64_t seed) const {
  std::mt19937_64 random(seed);
  std::vector<std::vector<const CaseResult*>> start(units.size()), tuned(units.size());
  for (std::size_t o = 0; o < units.size(); o++) {
    for (std::size_t i = 0; i < units[o].size(); i++) {
      for (const Pair& pair : units[o][random() % units[o].size()]) {
        start[o].push_back(pair.start);
        tuned[o].push_back(pair.tuned);
      }
    }
  }
  std::vector<double> ratios;
  for (std::size_t t = 0; t < terms_.size(); t++) {
    const std::size_t o = term_objectives_[t];
    ratios.push_back(ratio_of(terms_[t], sum_of(terms_[t], tuned[o]), sum_of(terms_[t], start[o])));
  }
  return score_of(ratios, weights_);
}

double PairedBootstrap::better_share(std::uint64_t seed, int draws) const {
  std::vector<std::vector<Unit>> units(groups_.size());
  for (std::size_t o = 0; o < groups_.size(); o++) {
    for (const auto& [name, unit] : groups_[o]) {
      if (groups_[o].size() >= kEnoughGroups) {
        units[o].push_back(unit);
      } else {
        for (const Pair& pair : unit) units[o].push_back({pair});
      }
    }
  }
  double better = 0;
  for (int i = 0; i < draws; i++) {
    const double score = score_of_draw(units, seed * 1'000'003u + static_cast<std::uint64_t>(i));
    better += score < 1 ? 1 : score == 1 ? 0.5 : 0;
  }
  return better / draws;
}

}  // namespace argent
