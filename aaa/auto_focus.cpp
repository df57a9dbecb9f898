#include "aaa/auto_focus.h"

#include <algorithm>
#include <cmath>

#include "aaa/auto_exposure.h"

namespace argent {

namespace {

/// Mean focus score of the zones, the middle counting most; zones without light or with values that aren't numbers left out.
FocusTrace measure_focus(const Statistics& statistics) {
  FocusTrace out;
  const auto possible = [](int n) { return n >= 1 && n <= Statistics::kMaxGrid; };
  if (!possible(statistics.columns) || !possible(statistics.rows)) return out;
  constexpr float kCentre = 8;      // what a photograph is of lies in its middle half
  constexpr float kMaxScore = 1e6;  // a contrast divided by its level squared is of order 1
  std::array<double, 2> sum{};
  double weights = 0;
  for (int row = 0; row < statistics.rows; row++) {
    for (int column = 0; column < statistics.columns; column++) {
      const auto& focus = statistics.zone(column, row).focus;
      if (!(focus[0] >= 0 && focus[0] < kMaxScore && focus[1] >= 0 && focus[1] < kMaxScore)) continue;
      const double weight = zone_weight(statistics, column, row, kCentre);
      weights += weight;
      for (int scale = 0; scale < 2; scale++) sum[scale] += weight * focus[scale];
    }
  }
  if (weights > 0) out.score = {static_cast<float>(sum[0] / weights), static_cast<float>(sum[1] / weights)};
  return out;
}

}  // namespace

FocusDecision AutoFocus::update(const Statistics& statistics, const Request& request) {
  const float reported = statistics.applied.settings.lens_position;
  const float applied = std::isfinite(reported) ? reported : 0;
  FocusDecision out;
  out.trace = measure_focus(statistics);
  out.lens_position = request.lens_position && std::isfinite(*request.lens_position) ? *request.lens_position : applied;
  out.trace.lens_position = applied;
  out.trace.target = out.lens_position;
  return out;
}

}  // namespace argent
