// calibration/tune/paired_bootstrap.h - private: is a better score on the same cases more than luck?
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "calibration/tune/objective.h"

namespace argent {

/// Cases are drawn with replacement, each with both its results; whole groups where an objective has at least kEnoughGroups of them, since
/// what is alike errs alike. Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapters 8 and 13.
class PairedBootstrap {
 public:
  static constexpr std::size_t kEnoughGroups = 8;

  /// One of each a term. They must outlive it, and so must the results.
  PairedBootstrap(std::span<const TuneTerm> terms, std::span<const std::size_t> term_objectives, std::span<const double> weights)
      : terms_(terms), term_objectives_(term_objectives), weights_(weights) {}

  void add(std::size_t objective, const std::string& group, const CaseResult& start, const CaseResult& tuned);

  /// Of the draws, those in which the tuned results' score is below 1; one at exactly 1 counts half.
  double better_share(std::uint64_t seed, int draws = 1000) const;

 private:
  struct Pair {
    const CaseResult *start, *tuned;
  };
  using Unit = std::vector<Pair>;

  double score_of_draw(const std::vector<std::vector<Unit>>& units, std::uint64_t seed) const;

  std::span<const TuneTerm> terms_;
  std::span<const std::size_t> term_objectives_;
  std::span<const double> weights_;
  std::vector<std::map<std::string, Unit>> groups_;  // by objective
};

}  // namespace argent
