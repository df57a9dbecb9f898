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

/// `first`: the channel that saturates first, -1: none.
inline Rgb repair(Rgb v, double mask, int first) {
  if (first < 0) return v;
  const auto f = static_cast<std::size_t>(first);
  const double others = (v[0] + v[1] + v[2] - v[f]) / 2;
  v[f] += mask * (std::max(v[f], others) - v[f]);
  return v;
}

}  // namespace argent::reference
