#include "aaa/histogram_constraints.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace argent {
namespace {

constexpr double kFullPull = 0.1;       // share beyond what is allowed at which a soft constraint pulls with all it may
constexpr double kMin = -8, kMax = 12;  // EV, of any change
constexpr double kMaxBlindDescent = 2;  // EV at once into what is clipped and so not known
constexpr int kBisections = 30;

/// Shares of the pixels above any level, as if the exposure were changed.
class Luma {
 public:
  Luma(const Statistics& statistics, double clipped) : clipped_(clipped) {
    double total = 0;
    for (int bin = Statistics::kBins - 1; bin >= 0; bin--) {
      total += statistics.luma[static_cast<std::size_t>(bin)];
      above_[static_cast<std::size_t>(bin)] = total;
    }
    known_ = total > 0;
    for (double& share : above_) share /= known_ ? total : 1;
    clipped_ = known_ ? std::max(clipped_, above_[Statistics::kBins - 1]) : 0;
  }

  bool known() const { return known_; }

  /// Share of the pixels that lie above `level` after a change by `ev`.
  double above(double level, double ev) const {
    const double threshold = level * std::exp2(-ev);
    if (threshold >= 1) return clipped_ / threshold;
    const double at = threshold * Statistics::kBins;
    const auto bin = static_cast<std::size_t>(std::min(at, Statistics::kBins - 1.0));
    const double next = bin + 1 < Statistics::kBins ? above_[bin + 1] : clipped_;
    return std::max(std::lerp(above_[bin], next, std::min(at - static_cast<double>(bin), 1.0)), clipped_);
  }

 private:
  std::array<double, Statistics::kBins> above_{};
  double clipped_ = 0;
  bool known_ = false;
};

/// The highest ev at which `holds`, which is true up to some ev and false from there on.
template <class Holds>
double highest(double low, double high, const Holds& holds) {
  if (holds(high)) return high;
  for (int i = 0; i < kBisections; i++) {
    const double middle = (low + high) / 2;
    (holds(middle) ? low : high) = middle;
  }
  return low;
}

double pull_of(const HistogramConstraint& constraint, double beyond) {
  return constraint.max_pull * std::clamp((beyond - constraint.share) / kFullPull, 0.0, 1.0);
}

double lowered(const Luma& luma, double change, const HistogramConstraint& constraint) {
  const auto kept = [&](double ev) { return luma.above(constraint.level, ev) <= constraint.share; };
  const double floor = std::min(change, -kMaxBlindDescent);
  double out = highest(floor, change, kept);
  if (constraint.max_pull > 0) {
    const auto gives_way = [&](double ev) { return ev <= change - pull_of(constraint, luma.above(constraint.level, ev)); };
    out = std::max(out, highest(std::min(floor, change - constraint.max_pull), change, gives_way));
  }
  return out;
}

double raised(const Luma& luma, double change, const HistogramConstraint& constraint) {
  const double most = constraint.max_pull > 0 ? std::min(change + constraint.max_pull, kMax) : kMax;
  const auto missed = [&](double ev) { return 1 - luma.above(constraint.level, ev) > constraint.share; };
  if (!missed(change)) return change;
  return highest(change, most, missed);
}

}  // namespace

Constrained constrain(const Statistics& statistics, double clipped, double change, const ConstraintMode& mode) {
  Constrained out{std::clamp(change, kMin, kMax), "target"};
  const Luma luma(statistics, clipped);
  if (!luma.known()) return out;
  if (mode.lower.share < 1) {
    const double higher = raised(luma, out.change, mode.lower);
    if (higher > out.change) out = {higher, "shadows"};
  }
  if (mode.upper.share < 1) {
    const double lower = lowered(luma, out.change, mode.upper);
    if (lower < out.change) out = {lower, "highlights"};
  }
  return out;
}

const ConstraintMode& constraint_mode(const AutoExposureParams& params, AeConstraintMode mode) {
  switch (mode) {
    case AeConstraintMode::kHighlight:
      return params.highlight;
    case AeConstraintMode::kShadows:
      return params.shadows;
    case AeConstraintMode::kCustom:
      return params.custom;
    case AeConstraintMode::kNormal:
      break;
  }
  return params.normal;
}

}  // namespace argent
