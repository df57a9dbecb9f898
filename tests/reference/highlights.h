// reference/highlights.h - slow twin of stages/highlights.h.
#pragma once

#include <algorithm>
#include <array>

namespace argent::reference {

using Rgb = std::array<double, 3>;

inline double middle(Rgb v) {
  std::sort(v.begin(), v.end());
  return v[1];
}

/// 0 below the threshold, 1 at saturation.
inline double clipping(double light, double threshold) { return std::clamp((light - threshold) / std::max(1 - threshold, 1e-4), 0.0, 1.0); }

/// `first`: the channel that saturates first, -1: none. `weights`: of the others in it; their mean if not given.
inline Rgb repair(Rgb v, double mask, int first, const Rgb& weights = {0.5, 0.5, 0.5}) {
  if (first < 0) return v;
  const auto f = static_cast<std::size_t>(first);
  double likely = 0, larger = 0;
  for (std::size_t c = 0; c < 3; c++) {
    if (c == f) continue;
    likely += weights[c] * v[c];
    larger = std::max(larger, v[c]);
  }
  v[f] += mask * (std::max(v[f], std::min(likely, larger)) - v[f]);
  return v;
}

}  // namespace argent::reference
