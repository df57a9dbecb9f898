// reference/warp.h - halide_gen/stages/warp.h once more: one sample at a time, in double, from Lanczos's formula.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace argent::reference {

/// sinc(x) sinc(x / 3) for |x| < 3 (Turkowski 1990).
inline double lanczos(double x) {
  const auto sinc = [](double t) { return t == 0 ? 1 : std::sin(std::numbers::pi * t) / (std::numbers::pi * t); };
  return std::abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
}

/// The picture `in(x, y)` of that size at a place between its pixels; outside of it its border goes on.
template <class In>
double sampled(const In& in, int width, int height, double x, double y) {
  const int left = static_cast<int>(std::floor(x)) - 2, top = static_cast<int>(std::floor(y)) - 2;
  double sum = 0, weights = 0;
  for (int j = top; j < top + 6; j++) {
    for (int i = left; i < left + 6; i++) {
      const double weight = lanczos(i - x) * lanczos(j - y);
      sum += weight * static_cast<double>(in(std::clamp(i, 0, width - 1), std::clamp(j, 0, height - 1)));
      weights += weight;
    }
  }
  return sum / weights;
}

/// Between the four nodes about a pixel. `node(column, row)` belongs to pixel (column * step, row * step).
template <class Node>
double between_nodes_of(const Node& node, int step, int x, int y) {
  const int column = x / step, row = y / step;
  const double across = double(x % step) / step, down = double(y % step) / step;
  return (1 - down) * ((1 - across) * double(node(column, row)) + across * double(node(column + 1, row))) +
         down * ((1 - across) * double(node(column, row + 1)) + across * double(node(column + 1, row + 1)));
}

}  // namespace argent::reference
