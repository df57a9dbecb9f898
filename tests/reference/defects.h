// reference/defects.h - slow twin of stages/defects.h: one pixel at a time, from any function of (x, y).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

namespace argent::reference {

/// `root(x, y)`: square root of balanced light; `site(x, y)`: 0 R, 1 G on R's rows, 2 G on B's rows, 3 B.
template <class Root, class Site>
double without_defects(const Root& root, const Site& site, double strength, int x, int y) {
  const double own = root(x, y);
  if (strength <= 0) return own;
  const bool green = site(x, y) == 1 || site(x, y) == 2;
  const int c = green ? 1 : 2;  // to the nearest of the own color along the diagonals
  const std::array<double, 8> same{root(x - 2, y),     root(x + 2, y),     root(x, y - 2),     root(x, y + 2),
                                   root(x - c, y - c), root(x + c, y - c), root(x - c, y + c), root(x + c, y + c)};
  const auto [low, high] = std::minmax_element(same.begin(), same.end());
  const std::array<double, 4> others{root(x - 1, y), root(x + 1, y), root(x, y - 1), root(x, y + 1)};
  const auto [least, most] = std::minmax_element(others.begin(), others.end());

  const auto beside = [&](int px, int py) { return (root(px - 1, py) + root(px + 1, py) + root(px, py - 1) + root(px, py + 1)) / 4; };
  // Sites of a quad have its neighbors two pixels away: the mean's own second difference.
  const double bump = beside(x, y) - (beside(x - 2, y) + beside(x + 2, y) + beside(x, y - 2) + beside(x, y + 2)) / 4;
  const double varies = 0.03 + 0.7 * (*most - *least);
  const bool hot = (own - *high - 4 * std::max(bump, 0.0)) * strength > varies + 0.1 * *high;
  const bool cold = (*low - own - 4 * std::max(-bump, 0.0)) * strength > varies + 0.1 * *low;
  if (!hot && !cold) return own;
  std::array<double, 4> axes{same[0], same[1], same[2], same[3]};
  std::sort(axes.begin(), axes.end());
  return (axes[1] + axes[2]) / 2;
}

}  // namespace argent::reference
