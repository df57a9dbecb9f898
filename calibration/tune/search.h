// calibration/tune/search.h - the lowest point of a function in a box that can only be asked: first everywhere, then around the best.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace argent {

/// Controlled random search with local mutation (Kaelo and Ali 2006), or an evolution strategy (Santos, da Silva and others 2010). By
/// NLopt.
enum class GlobalSearch { kCrs, kEsch };

/// Subspace simplex (Rowan 1990), which steps do not stop, or a quadratic model (Powell 2009), which is quicker where the function is
/// smooth. By NLopt.
enum class LocalSearch { kSbplx, kBobyqa };

struct SearchOptions {
  int evaluations = 150;      ///< in all, at least 1: the start is the first
  double global_share = 0.6;  ///< of these
  GlobalSearch global = GlobalSearch::kCrs;
  LocalSearch local = LocalSearch::kSbplx;
  std::uint64_t seed = 1;
};

/// `cost` of a point in 0..1 each; what is not finite counts as bad.
using SearchCost = std::function<double(std::span<const double> point)>;

struct SearchResult {
  std::vector<double> point;
  double cost = 0;
};

/// The best point that was asked, never worse than the start. The same for the same seed; what `cost` throws is thrown.
SearchResult minimise(const SearchCost& cost, std::span<const double> start, const SearchOptions& options);

}  // namespace argent
