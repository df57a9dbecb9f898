// calibration/tune/tuner.h - parameters that make objectives small, and the proof on cases that they were not tuned on.
//
// Cases are dealt into folds by group. For each fold the parameters are tuned on the others and judged on this one; what comes of all folds
// together decides whether parameters tuned on all cases replace those it started from. Wherever it is tuned, a parameter that doesn't earn
// its move by the bootstrap of those cases goes back. Several weightings of the terms make a front.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "calibration/tune/case_pool.h"
#include "calibration/tune/objective.h"
#include "calibration/tune/parameter_space.h"
#include "calibration/tune/search.h"

namespace argent {

struct TuneOptions {
  int folds = 2;
  int weightings = 1;         ///< of the terms: the first is even, the others lean to one term or to several
  double least_gain = 0.005;  ///< of a score, held out or on the cases tuned on: less is no reason to leave the start
  double confidence = 0.8;    ///< share of the bootstrap's draws in which the tuned ones must be better, and each that moved with its move
  SearchOptions search{};     ///< of each weighting and fold
  int threads = 1;            ///< any number gives the same
  int pick = -1;              ///< index of the candidate to take; -1: the front's knee
};

/// Term by term: sums at the start, tuned, and their ratio with the term's floor; NaN where no case says anything. Below 1: better.
struct TermComparison {
  std::vector<double> start, tuned, ratio;
  double score = 1;  ///< mean of the ratios, by the candidate's weights
};

/// What one weighting of the terms led to.
struct TuneCandidate {
  std::vector<double> weights;           ///< one a term, together 1
  TunedValues values;                    ///< tuned on all cases
  TermComparison seen;                   ///< of these, on the cases that they were tuned on
  std::vector<TunedValues> fold_values;  ///< tuned without this fold
  std::vector<TermComparison> folds;     ///< of these, on it
  TermComparison held_out;               ///< of all folds together
  double better = 0;                     ///< share of the bootstrap's draws with a held-out score below 1
  bool on_front = true;                  ///< no other candidate is held out as good in every term and better in one

  bool replaces(const TuneOptions& options) const { return held_out.score <= 1 - options.least_gain && better >= options.confidence; }
};

struct Sensitivity {
  double lower = 1, higher = 1;  ///< score on all cases with this parameter a tenth of its range lower and higher; 1: as at the start
  double back = 1;               ///< with this parameter where it started
};

struct TuneResult {
  std::vector<std::string> terms;                     ///< "ae=response settle"
  std::vector<TuneTerm> term_details;                 ///< of each
  std::vector<std::size_t> term_objectives;           ///< index of its objective
  std::vector<int> case_folds;                        ///< of all objectives' cases, one after the other
  std::vector<CaseResult> case_start, case_held_out;  ///< of the same: at the start, and as the picked candidate is held out
  std::vector<TuneCandidate> candidates;
  std::size_t picked = 0;
  bool replaced = false;                        ///< else the start's values stay
  std::vector<Sensitivity> sensitivities;       ///< of the picked candidate, one a parameter
  std::vector<std::vector<double>> all_ratios;  ///< term by term, of every point that was measured on all cases
  PoolCount count;

  const TuneCandidate& choice() const { return candidates[picked]; }
  std::vector<std::size_t> front() const;
};

/// Deterministic. Throws Error when an objective has fewer groups than folds, when there is nothing to tune, and for `pick` out of range.
TuneResult tune(std::span<const TuneObjective* const> objectives, const ParameterSpace& space, TuningJournal& journal,
                const TuneOptions& options, const CasePool::Observer& observer = nullptr);

/// Of everything that the results depend on but the threads: what a journal is of.
std::uint64_t task_of(std::span<const TuneObjective* const> objectives, const ParameterSpace& space, const TuneOptions& options);

/// Controllers' updates that it will take at most, by those of one look at all cases.
std::uint64_t most_updates(std::uint64_t of_all_cases, const TuneOptions& options);

}  // namespace argent
