// reference/bilinear.h - the plainest demosaic, which others are measured against: a missing color is the mean of that color's samples
// nearby, the nearer the heavier (normalised convolution, Knutsson and Westin 1993). With reach 2 on a Bayer mosaic: bilinear.
#pragma once

#include <array>
#include <cstdlib>

namespace argent::reference {

/// `value(x, y)` and `color(x, y)` (0 R, 1 G, 2 B) also outside of the picture. Weights fall linearly to 0 at `reach` of a color.
template <class Value, class Color>
std::array<double, 3> bilinear(const Value& value, const Color& color, std::array<int, 3> reach, int x, int y) {
  std::array<double, 3> out{};
  for (int c = 0; c < 3; c++) {
    const auto channel = static_cast<std::size_t>(c);
    const int r = reach[channel] - 1;
    double sum = 0, weights = 0;
    for (int dy = -r; dy <= r; dy++) {
      for (int dx = -r; dx <= r; dx++) {
        if (color(x + dx, y + dy) != c) continue;
        const double weight = (r + 1.0 - std::abs(dx)) * (r + 1.0 - std::abs(dy));
        sum += weight * value(x + dx, y + dy);
        weights += weight;
      }
    }
    out[channel] = color(x, y) == c ? value(x, y) : sum / weights;
  }
  return out;
}

}  // namespace argent::reference
