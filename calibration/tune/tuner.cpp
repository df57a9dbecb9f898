#include "calibration/tune/tuner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "calibration/tune/fold_deal.h"
#include "calibration/tune/paired_bootstrap.h"
#include "calibration/tune/term_score.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kNudge = 0.1;  // of a parameter's range
constexpr double kIdle = 0.02;  // of what was gained: less is no reason to leave the start

using Parts = std::vector<std::size_t>;

class Tuner {
 public:
  Tuner(std::span<const TuneObjective* const> objectives, const ParameterSpace& space, TuningJournal& journal, const TuneOptions& options,
        const CasePool::Observer& observer)
      : objectives_(objectives), space_(space), options_(options), pool_(objectives, space, journal, options.threads, observer) {
    if (space.size() == 0) throw Error("no parameter is to be tuned");
    if (objectives.empty()) throw Error("no objective is to be tuned for");
    if (options.folds < 2) throw Error("folds: found ", options.folds, ", expected at least 2");
    for (std::size_t i = 0; i < objectives.size(); i++) {
      for (const TuneTerm& term : objectives[i]->terms()) {
        out_.terms.push_back(objectives[i]->name() + " " + term.name);
        out_.term_details.push_back(term);
        out_.term_objectives.push_back(i);
      }
    }
    deal();
  }

  TuneResult run() {
    const auto weightings = weightings_of(out_.term_objectives, options_.weightings, options_.search.seed);
    if (options_.pick >= static_cast<int>(weightings.size()))
      throw Error("--pick ", options_.pick, ": there are candidates 0 to ", weightings.size() - 1);
    for (const std::vector<double>& weights : weightings) out_.candidates.push_back(candidate_of(weights));
    mark_front();
    out_.picked = options_.pick >= 0 ? static_cast<std::size_t>(options_.pick) : knee();
    out_.replaced = out_.choice().replaces(options_);
    look_around(out_.choice());
    for (std::size_t o = 0; o < objectives_.size(); o++) tell_cases(o);
    for (const TunedValues& values : on_all_) out_.all_ratios.push_back(compare(values, everything_).ratio);
    out_.count = pool_.count();
    return std::move(out_);
  }

 private:
  void deal() {
    std::vector<std::vector<CasePlace>> parts(static_cast<std::size_t>(options_.folds));
    for (std::size_t o = 0; o < objectives_.size(); o++) {
      const std::vector<int> folds = deal_folds(*objectives_[o], options_.folds, options_.search.seed);
      for (std::size_t i = 0; i < folds.size(); i++) parts[static_cast<std::size_t>(folds[i])].push_back({o, i});
      out_.case_folds.insert(out_.case_folds.end(), folds.begin(), folds.end());
    }
    everything_.resize(parts.size());
    std::iota(everything_.begin(), everything_.end(), 0);
    pool_.set_parts(std::move(parts));
  }

  /// Results of an objective in these parts, each with the values of its part.
  void collect(std::size_t objective, std::size_t part, const TunedValues& values, std::vector<const CaseResult*>& results) {
    const std::vector<CaseResult>& all = pool_.measure(values, part);
    for (std::size_t i = 0; i < all.size(); i++) {
      if (pool_.parts()[part][i].objective == objective) results.push_back(&all[i]);
    }
  }

  /// `values(part)`: what the part is measured with.
  template <class Values>
  std::vector<double> sums(const Parts& parts, const Values& values) {
    std::vector<std::vector<const CaseResult*>> results(objectives_.size());
    for (std::size_t part : parts) {
      for (std::size_t o = 0; o < objectives_.size(); o++) collect(o, part, values(part), results[o]);
    }
    std::vector<double> out;
    for (std::size_t t = 0; t < out_.terms.size(); t++) out.push_back(sum_of(out_.term_details[t], results[out_.term_objectives[t]]));
    return out;
  }

  template <class Values>
  TermComparison compare_by(const Parts& parts, const Values& values, std::span<const double> weights) {
    TermComparison out;
    const TunedValues start = space_.start();
    out.start = sums(parts, [&](std::size_t) -> const TunedValues& { return start; });
    out.tuned = sums(parts, values);
    for (std::size_t t = 0; t < out_.terms.size(); t++) out.ratio.push_back(ratio_of(out_.term_details[t], out.tuned[t], out.start[t]));
    if (!weights.empty()) out.score = score_of(out.ratio, weights);
    return out;
  }

  TermComparison compare(const TunedValues& values, const Parts& parts, std::span<const double> weights = {}) {
    return compare_by(
        parts, [&](std::size_t) -> const TunedValues& { return values; }, weights);
  }

  TunedValues tuned_on(const Parts& parts, std::span<const double> weights) {
    SearchOptions search = options_.search;
    const bool all = parts.size() == everything_.size();
    const auto cost = [&](std::span<const double> point) {
      TunedValues values = space_.values(point);
      const double score = compare(values, parts, weights).score;
      if (all) on_all_.insert(std::move(values));
      return score;
    };
    const SearchResult found = minimise(cost, space_.point(space_.start()), search);
    // The start itself is not rounded: who does not get better keeps it to the last digit.
    if (!(found.cost <= 1 - options_.least_gain)) return space_.start();
    return without_luck(space_.values(found.point), found.cost, parts, weights);
  }

  /// What moved without need goes back, and all of it where the gain may be luck: what does not matter here may matter elsewhere.
  TunedValues without_luck(TunedValues values, double score, const Parts& parts, std::span<const double> weights) {
    const TunedValues start = space_.start();
    for (std::size_t i = 0; i < values.size(); i++) {
      TunedValues back = values;
      back[i] = start[i];
      const bool idle = compare(back, parts, weights).score <= score + kIdle * (1 - score);
      if (idle || better_share(parts, weights, back, values) < options_.confidence) values = std::move(back);
    }
    return better_share(parts, weights, start, values) < options_.confidence ? start : values;
  }

  double better_share(const Parts& parts, std::span<const double> weights, const TunedValues& from, const TunedValues& to) {
    return better_share_by(parts, weights, from, [&](std::size_t) -> const TunedValues& { return to; });
  }

  TuneCandidate candidate_of(const std::vector<double>& weights) {
    TuneCandidate out;
    out.weights = weights;
    for (std::size_t fold : everything_) {
      Parts others = everything_;
      std::erase(others, fold);
      out.fold_values.push_back(tuned_on(others, weights));
      out.folds.push_back(compare(out.fold_values.back(), {fold}, weights));
    }
    out.held_out = compare_by(
        everything_, [&](std::size_t part) -> const TunedValues& { return out.fold_values[part]; }, weights);
    out.better = better_share_by(everything_, weights, space_.start(),
                                 [&](std::size_t part) -> const TunedValues& { return out.fold_values[part]; });
    out.values = tuned_on(everything_, weights);
    out.seen = compare(out.values, everything_, weights);
    return out;
  }

  /// `to(part)`: what the part is measured with.
  template <class Values>
  double better_share_by(const Parts& parts, std::span<const double> weights, const TunedValues& from, const Values& to) {
    PairedBootstrap bootstrap(out_.term_details, out_.term_objectives, weights);
    for (std::size_t o = 0; o < objectives_.size(); o++) {
      for (std::size_t part : parts) {
        const std::vector<CaseResult>&before = pool_.measure(from, part), &after = pool_.measure(to(part), part);
        for (std::size_t i = 0; i < before.size(); i++) {
          const CasePlace place = pool_.parts()[part][i];
          if (place.objective == o) bootstrap.add(o, objectives_[o]->cases()[place.index].group, before[i], after[i]);
        }
      }
    }
    return bootstrap.better_share(options_.search.seed);
  }

  static bool dominates(const TermComparison& a, const TermComparison& b) {
    bool better = false;
    for (std::size_t t = 0; t < a.ratio.size(); t++) {
      if (std::isnan(a.ratio[t]) || std::isnan(b.ratio[t])) continue;
      if (a.ratio[t] > b.ratio[t]) return false;
      better = better || a.ratio[t] < b.ratio[t];
    }
    return better;
  }

  void mark_front() {
    for (TuneCandidate& one : out_.candidates) {
      one.on_front = std::none_of(out_.candidates.begin(), out_.candidates.end(),
                                  [&](const TuneCandidate& other) { return dominates(other.held_out, one.held_out); });
    }
  }

  /// Of those on the front that replace the start the one nearest to the best of each term, by the front's extent; where none does, the
  /// one with the best held-out score.
  std::size_t knee() const {
    std::vector<std::size_t> choices = out_.front();
    std::erase_if(choices, [&](std::size_t i) { return !out_.candidates[i].replaces(options_); });
    if (choices.empty()) {
      const auto score = [](const TuneCandidate& a, const TuneCandidate& b) { return a.held_out.score < b.held_out.score; };
      return static_cast<std::size_t>(std::min_element(out_.candidates.begin(), out_.candidates.end(), score) - out_.candidates.begin());
    }
    const std::size_t terms = out_.terms.size();
    std::vector<double> low(terms, std::numeric_limits<double>::infinity()), high(terms, -std::numeric_limits<double>::infinity());
    for (std::size_t i : choices) {
      for (std::size_t t = 0; t < terms; t++) {
        low[t] = std::fmin(low[t], out_.candidates[i].held_out.ratio[t]);
        high[t] = std::fmax(high[t], out_.candidates[i].held_out.ratio[t]);
      }
    }
    const auto distance = [&](std::size_t i) {
      double sum = 0;
      for (std::size_t t = 0; t < terms; t++) {
        if (!(high[t] > low[t])) continue;
        const double share = (out_.candidates[i].held_out.ratio[t] - low[t]) / (high[t] - low[t]);
        if (!std::isnan(share)) sum += share * share;
      }
      return sum;
    };
    return *std::min_element(choices.begin(), choices.end(), [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); });
  }

  void tell_cases(std::size_t objective) {
    const std::size_t before = out_.case_start.size(), count = objectives_[objective]->cases().size();
    out_.case_start.resize(before + count);
    out_.case_held_out.resize(before + count);
    for (std::size_t part : everything_) {
      const std::vector<CaseResult>&start = pool_.measure(space_.start(), part),
            &held_out = pool_.measure(out_.choice().fold_values[part], part);
      for (std::size_t i = 0; i < start.size(); i++) {
        const CasePlace place = pool_.parts()[part][i];
        if (place.objective != objective) continue;
        out_.case_start[before + place.index] = start[i];
        out_.case_held_out[before + place.index] = held_out[i];
      }
    }
  }

  void look_around(const TuneCandidate& candidate) {
    const std::vector<double> point = space_.point(candidate.values);
    const TunedValues start = space_.start();
    const auto score = [&](const TunedValues& values) { return compare(values, everything_, candidate.weights).score; };
    const auto nudged = [&](std::size_t i, double by) {
      std::vector<double> moved = point;
      moved[i] = std::clamp(moved[i] + by, 0.0, 1.0);
      TunedValues values = candidate.values;
      values[i] = space_.values(moved)[i];
      return values;
    };
    for (std::size_t i = 0; i < space_.size(); i++) {
      TunedValues back = candidate.values;
      back[i] = start[i];
      out_.sensitivities.push_back({score(nudged(i, -kNudge)), score(nudged(i, kNudge)), score(back)});
    }
  }

  std::span<const TuneObjective* const> objectives_;
  const ParameterSpace& space_;
  const TuneOptions& options_;
  CasePool pool_;
  Parts everything_;
  std::set<TunedValues> on_all_;
  TuneResult out_;
};

}  // namespace

std::vector<std::size_t> TuneResult::front() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < candidates.size(); i++) {
    if (candidates[i].on_front) out.push_back(i);
  }
  return out;
}

TuneResult tune(std::span<const TuneObjective* const> objectives, const ParameterSpace& space, TuningJournal& journal,
                const TuneOptions& options, const CasePool::Observer& observer) {
  return Tuner(objectives, space, journal, options, observer).run();
}

std::uint64_t task_of(std::span<const TuneObjective* const> objectives, const ParameterSpace& space, const TuneOptions& options) {
  std::uint64_t out = fingerprint_of(std::to_string(options.folds) + " " + std::to_string(options.search.seed));
  ControllerParams start = space.params(space.start());
  for (const Field& field : fields_of_profile(start)) out = fingerprint_of(field.path + "=" + text_of(field) + ";", out);
  for (const TunedParameter& p : space.parameters()) out = fingerprint_of(p.path + ";", out);
  for (const TuneObjective* objective : objectives) {
    out = fingerprint_of(objective->name() + ";", out);
    for (const TuneTerm& term : objective->terms()) out = fingerprint_of(term.name + ";", out);
    for (const TuneCase& each : objective->cases())
      out = fingerprint_of(each.name + " " + each.group + " " + std::to_string(each.fingerprint) + ";", out);
  }
  return out;
}

std::uint64_t most_updates(std::uint64_t of_all_cases, const TuneOptions& options) {
  // Every fold is left out once: together that is all cases one time less, and all of them come last.
  return of_all_cases * static_cast<std::uint64_t>(options.weightings) * static_cast<std::uint64_t>(options.search.evaluations) *
         static_cast<std::uint64_t>(options.folds);
}

}  // namespace argent
