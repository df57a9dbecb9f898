// reference/demosaic.h - slow twin of stages/demosaic.h: one pixel at a time, from any function of (x, y).
#pragma once

#include <array>
#include <cmath>

namespace argent::reference {

struct AxisEstimate {
  double green, gradient;
};

/// Green at a red or blue pixel along (dx, dy).
template <class Root>
AxisEstimate along(const Root& root, int x, int y, int dx, int dy) {
  const double g0 = root(x - dx, y - dy), g1 = root(x + dx, y + dy);
  const double curvature = 2 * root(x, y) - root(x - 2 * dx, y - 2 * dy) - root(x + 2 * dx, y + 2 * dy);
  return {(g0 + g1) / 2 + curvature / 4, std::abs(g0 - g1) + std::abs(curvature)};
}

template <class Root>
double green_at(const Root& root, int x, int y) {
  const AxisEstimate h = along(root, x, y, 1, 0), v = along(root, x, y, 0, 1);
  const double hh = h.gradient * h.gradient + 1e-7, vv = v.gradient * v.gradient + 1e-7;
  return (h.green * vv + v.green * hh) / (hh + vv);
}

/// `site(x, y)`: 0 R, 1 G on R's rows, 2 G on B's rows, 3 B. Returns R, G, B at (x, y).
template <class Root, class Site>
std::array<double, 3> demosaic(const Root& root, const Site& site, int x, int y) {
  const auto difference = [&](int px, int py) { return root(px, py) - green_at(root, px, py); };
  const auto across = [&] { return (difference(x - 1, y) + difference(x + 1, y)) / 2; };
  const auto down = [&] { return (difference(x, y - 1) + difference(x, y + 1)) / 2; };
  const auto diagonal = [&] {
    return (difference(x - 1, y - 1) + difference(x + 1, y - 1) + difference(x - 1, y + 1) + difference(x + 1, y + 1)) / 4;
  };
  const double own = root(x, y);
  switch (site(x, y)) {
    case 0: {
      const double green = green_at(root, x, y);
      return {own, green, green + diagonal()};
    }
    case 1:
      return {own + across(), own, own + down()};
    case 2:
      return {own + down(), own, own + across()};
    default: {
      const double green = green_at(root, x, y);
      return {green + diagonal(), green, own};
    }
  }
}

}  // namespace argent::reference
