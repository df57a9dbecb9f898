#include "calibration/tune/search.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <nlopt.hpp>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kBad = 1e9;
constexpr double kFirstStep = 0.12, kSmallestStep = 0.002;  // of a side of the box, of the local search
constexpr int kMemory = 10;                                 // points that CRS remembers, for each direction and one more: NLopt's own

/// Counts, remembers the best, and keeps what is thrown away from C.
class Probe {
 public:
  Probe(const SearchCost& cost, std::span<const double> start) : cost_(cost) { best_.point.assign(start.begin(), start.end()); }

  double ask(std::span<const double> point) {
    const double found = cost_(point);
    const double cost = std::isfinite(found) ? found : kBad;
    if (asked_++ == 0 || cost < best_.cost) best_ = {{point.begin(), point.end()}, cost};
    return cost;
  }

  void run(nlopt::opt& search) {
    std::vector<double> point = best_.point;
    double cost = 0;
    search.set_lower_bounds(0);
    search.set_upper_bounds(1);
    search.set_min_objective(&Probe::called, this);
    try {
      search.optimize(point, cost);
    } catch (const nlopt::roundoff_limited&) {  // nothing finer to be found
    } catch (const nlopt::forced_stop&) {
      std::rethrow_exception(failure_);
    } catch (const std::exception& error) {
      if (failure_) std::rethrow_exception(failure_);
      throw Error("the search failed: ", error.what());
    }
  }

  int asked() const { return asked_; }
  const SearchResult& best() const { return best_; }

 private:
  static double called(unsigned count, const double* point, double*, void* self) {
    auto* probe = static_cast<Probe*>(self);
    try {
      return probe->ask({point, count});
    } catch (...) {
      probe->failure_ = std::current_exception();
      throw nlopt::forced_stop();
    }
  }

  const SearchCost& cost_;
  SearchResult best_;
  int asked_ = 0;
  std::exception_ptr failure_;
};

void look_everywhere(Probe& probe, const SearchOptions& options, unsigned directions, int evaluations) {
  nlopt::opt search(options.global == GlobalSearch::kCrs ? nlopt::GN_CRS2_LM : nlopt::GN_ESCH, directions);
  search.set_maxeval(evaluations);
  // It has to have seen its memory full before it can begin.
  const int most = std::max(static_cast<int>(directions) + 2, evaluations / 2);
  search.set_population(static_cast<unsigned>(std::min(kMemory * (static_cast<int>(directions) + 1), most)));
  nlopt::srand(static_cast<unsigned long>(options.seed));
  probe.run(search);
}

void look_around(Probe& probe, const SearchOptions& options, unsigned directions, int evaluations) {
  const bool smooth = options.local == LocalSearch::kBobyqa && directions > 1;  // its model needs two
  nlopt::opt search(smooth ? nlopt::LN_BOBYQA : nlopt::LN_SBPLX, directions);
  search.set_maxeval(evaluations);
  search.set_initial_step(kFirstStep);
  search.set_xtol_abs(kSmallestStep);
  probe.run(search);
}

}  // namespace

SearchResult minimise(const SearchCost& cost, std::span<const double> start, const SearchOptions& options) {
  Probe probe(cost, start);
  probe.ask(start);
  if (start.empty()) return probe.best();
  const auto directions = static_cast<unsigned>(start.size());
  const int everywhere = static_cast<int>(std::lround(options.global_share * (options.evaluations - 1)));
  if (everywhere > static_cast<int>(directions) + 2) look_everywhere(probe, options, directions, everywhere);
  const int left = options.evaluations - probe.asked();
  if (left > 0) look_around(probe, options, directions, left);
  return probe.best();
}

}  // namespace argent
