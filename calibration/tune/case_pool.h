// calibration/tune/case_pool.h - private: all cases of several objectives, in parts, measured by several threads, each point once.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "calibration/tune/objective.h"
#include "calibration/tune/parameter_space.h"
#include "calibration/tune/tuning_journal.h"

namespace argent {

/// Case `index` of objective `objective`.
struct CasePlace {
  std::size_t objective = 0, index = 0;
};

struct PoolCount {
  std::uint64_t updates = 0;   ///< of the controllers, measured now or by a run before it that left its journal
  std::uint64_t measured = 0;  ///< of these, measured now
  std::size_t points = 0;      ///< each in one part of the cases
};

class CasePool {
 public:
  using Observer = std::function<void(const PoolCount&)>;

  /// What is referred to must outlive it. `observer` is called after every part, on the caller's thread.
  CasePool(std::span<const TuneObjective* const> objectives, const ParameterSpace& space, TuningJournal& journal, int threads,
           Observer observer)
      : objectives_(objectives), space_(space), journal_(journal), threads_(threads), observer_(std::move(observer)) {}

  void set_parts(std::vector<std::vector<CasePlace>> parts) { parts_ = std::move(parts); }
  const std::vector<std::vector<CasePlace>>& parts() const { return parts_; }

  /// The results of a part's cases, in their order; they stay where they are.
  const std::vector<CaseResult>& measure(const TunedValues& values, std::size_t part);

  const PoolCount& count() const { return count_; }

 private:
  std::vector<CaseResult> measure_now(const TunedValues& values, const std::vector<CasePlace>& cases) const;

  std::span<const TuneObjective* const> objectives_;
  const ParameterSpace& space_;
  TuningJournal& journal_;
  int threads_;
  Observer observer_;
  std::vector<std::vector<CasePlace>> parts_;
  std::set<const std::vector<CaseResult>*> seen_;
  PoolCount count_;
};

}  // namespace argent
