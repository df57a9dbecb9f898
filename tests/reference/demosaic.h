// reference/demosaic.h - slow twin of stages/demosaic.h: one pixel at a time, from any function of (x, y).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace argent::reference {

struct AxisEstimate {
  double green, gradient;
};

/// Green at a red or blue pixel along (dx, dy).
template <class Root>
AxisEstimate along(const Root& root, int x, int y, int dx, int dy) {
  const double g0 = root(x - dx, y - dy), g1 = root(x + dx, y + dy);
  const double curvature = 2 * root(x, y) - root(x - 2 * dx, y - 2 * dy) - root(x + 2 * dx, y + 2 * dy);
  return {std::max((g0 + g1) / 2 + curvature / 4, 0.0), std::abs(g0 - g1) + std::abs(curvature)};
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

/// Slow twin of stages/demosaic_best.h.
template <class Root, class Site>
class BestDemosaic {
 public:
  BestDemosaic(const Root& root, const Site& site) : root_(root), site_(site) {}

  std::array<double, 3> at(int x, int y) const {
    const double own = root_(x, y);
    const auto beside = [&](int dx, int dy) { return own - (difference(x - dx, y - dy) + difference(x + dx, y + dy)) / 2; };
    switch (site_(x, y)) {
      case 0: {
        const double green = own + difference(x, y);
        return {own, green, green - opposite(x, y)};
      }
      case 1:
        return {beside(1, 0), own, beside(0, 1)};
      case 2:
        return {beside(0, 1), own, beside(1, 0)};
      default: {
        const double green = own + difference(x, y);
        return {green - opposite(x, y), green, own};
      }
    }
  }

 private:
  bool is_green(int x, int y) const { return site_(x, y) == 1 || site_(x, y) == 2; }

  /// Green less the other color, along (dx, dy).
  double along(int x, int y, int dx, int dy) const {
    const auto m = [&](int i) { return root_(x + i * dx, y + i * dy); };
    const double other = (m(-1) + m(1)) / 2 + (2 * m(0) - m(-2) - m(2)) / 4;
    return is_green(x, y) ? m(0) - other : other - m(0);
  }

  /// Weight of a side whose middle is (x, y).
  double steadiness(int x, int y, int dx, int dy) const {
    double sum = 1e-3;
    for (int j = -2; j <= 2; j++) {
      for (int i = -2; i <= 2; i++) sum += std::abs(along(x + i - dx, y + j - dy, dx, dy) - along(x + i + dx, y + j + dy, dx, dy));
    }
    return 1 / (sum * sum * sum);
  }

  /// Green less red or blue, at a pixel of these.
  double difference(int x, int y) const {
    constexpr double kNear[5] = {0.3, 0.25, 0.2, 0.15, 0.1};
    double sum = 0, weights = 0;
    for (const auto& [dx, dy] : {std::pair(1, 0), std::pair(0, 1)}) {
      for (const int side : {-1, 1}) {
        double mean = 0;
        for (int k = 0; k < 5; k++) mean += kNear[k] * along(x + side * k * dx, y + side * k * dy, dx, dy);
        const double weight = steadiness(x + 2 * side * dx, y + 2 * side * dy, dx, dy);
        sum += weight * mean;
        weights += weight;
      }
    }
    return sum / weights;
  }

  /// Green less blue at a red pixel, green less red at a blue one.
  double opposite(int x, int y) const {
    const double green = root_(x, y) + difference(x, y);
    const auto diagonal = [&](int dy) {
      const double a = difference(x - 1, y - dy), b = difference(x + 1, y + dy);
      const double g = std::abs(a - b) + std::abs(root_(x - 1, y - dy) + a - green) + std::abs(root_(x + 1, y + dy) + b - green) + 1e-3;
      return std::pair((a + b) / 2, g * g);
    };
    const auto [falling, f] = diagonal(1);
    const auto [rising, r] = diagonal(-1);
    return (falling * r + rising * f) / (f + r);
  }

  const Root& root_;
  const Site& site_;
};

}  // namespace argent::reference
