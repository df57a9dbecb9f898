#include "calibration/tune/case_pool.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <thread>

#include "models/runtime/error.h"

namespace argent {

const std::vector<CaseResult>& CasePool::measure(const TunedValues& values, std::size_t part) {
  const std::vector<CaseResult>* results = journal_.find(values, part);
  const bool known = results != nullptr;
  if (!known) results = &journal_.add(values, part, measure_now(values, parts_[part]));
  if (!seen_.insert(results).second) return *results;
  if (results->size() != parts_[part].size())
    throw Error("the journal has ", results->size(), " results of a part with ", parts_[part].size(), " cases");
  for (std::size_t i = 0; i < results->size(); i++) {
    for (const TuneTerm& term : objectives_[parts_[part][i].objective]->terms()) {
      if (term.measure >= (*results)[i].measures.size()) throw Error("the journal has a case with too few measures");
    }
    count_.updates += (*results)[i].updates;
    if (!known) count_.measured += (*results)[i].updates;
  }
  count_.points++;
  if (observer_) observer_(count_);
  return *results;
}

std::vector<CaseResult> CasePool::measure_now(const TunedValues& values, const std::vector<CasePlace>& cases) const {
  const ControllerParams params = space_.params(values);
  std::vector<CaseResult> out(cases.size());
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&] {
    try {
      std::vector<std::unique_ptr<TuneJudge>> judges(objectives_.size());
      for (std::size_t i = next++; i < cases.size(); i = next++) {
        std::unique_ptr<TuneJudge>& judge = judges[cases[i].objective];
        if (!judge) judge = objectives_[cases[i].objective]->judge(params);
        out[i] = judge->measure(cases[i].index);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      next = cases.size();
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min(static_cast<std::size_t>(std::max(threads_, 1)), cases.size()); i++) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  return out;
}

}  // namespace argent
