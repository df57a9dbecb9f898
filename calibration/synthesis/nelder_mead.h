// calibration/synthesis/nelder_mead.h - private: the least value of a function without derivatives.
//
// Source: Nelder and Mead 1965; coefficients that grow mild with the dimension: Gao and Han 2012, eq. 4.1.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace argent {

using Unknowns = std::vector<double>;

/// `step`: size of the first simplex. Ends when its values differ by less than `tolerance`, or after `most` evaluations.
template <class Function>
Unknowns nelder_mead(const Function& function, const Unknowns& start, double step, double tolerance, int most) {
  const auto n = start.size();
  const double d = static_cast<double>(n), expand = 1 + 2 / d, contract = 0.75 - 1 / (2 * d), shrink = 1 - 1 / d;
  std::vector<std::pair<double, Unknowns>> simplex{{function(start), start}};
  for (std::size_t i = 0; i < n; i++) {
    Unknowns point = start;
    point[i] += step;
    simplex.emplace_back(function(point), point);
  }
  const auto by_value = [](const auto& a, const auto& b) { return a.first < b.first; };
  for (int calls = static_cast<int>(n); calls < most;) {
    std::sort(simplex.begin(), simplex.end(), by_value);
    if (simplex.back().first - simplex.front().first < tolerance) break;
    Unknowns center(n, 0);
    for (std::size_t i = 0; i < n; i++) {
      for (std::size_t k = 0; k < n; k++) center[k] += simplex[i].second[k] / d;
    }
    const auto at = [&](double factor) {
      Unknowns point(n);
      for (std::size_t k = 0; k < n; k++) point[k] = center[k] + factor * (simplex.back().second[k] - center[k]);
      calls++;
      return std::pair(function(point), point);
    };
    auto next = at(-1);
    if (next.first < simplex.front().first) {
      next = std::min(next, at(-expand), by_value);
    } else if (next.first >= simplex[n - 1].first) {
      next = at(next.first < simplex.back().first ? -contract : contract);
    }
    if (next.first < simplex.back().first) {
      simplex.back() = std::move(next);
      continue;
    }
    for (std::size_t i = 1; i <= n; i++) {
      for (std::size_t k = 0; k < n; k++) simplex[i].second[k] = std::lerp(simplex[0].second[k], simplex[i].second[k], shrink);
      simplex[i].first = function(simplex[i].second);
      calls++;
    }
  }
  return std::min_element(simplex.begin(), simplex.end(), by_value)->second;
}

}  // namespace argent
