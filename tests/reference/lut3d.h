// reference/lut3d.h - slow twin of stages/lut3d.h: the six tetrahedra as the patent draws them, in double.
#pragma once

#include <algorithm>
#include <cmath>

#include "isp/lut3d.h"
#include "tests/reference/highlights.h"

namespace argent::reference {

/// Of encoded RGB; not clamped.
inline Rgb lut3d(const Rgb& in, const Lut3d& lut) {
  std::array<int, 3> corner{};
  std::array<double, 3> f{};
  for (std::size_t i = 0; i < 3; i++) {
    const double low = lut.domain_min[i], high = lut.domain_max[i];
    const double at = std::clamp((in[i] - low) / (high - low), 0.0, 1.0) * (lut.size - 1);
    corner[i] = std::min(static_cast<int>(at), lut.size - 2);
    f[i] = at - corner[i];
  }
  const auto node = [&](int r, int g, int b, std::size_t c) {
    const int at = ((corner[2] + b) * lut.size + corner[1] + g) * lut.size + corner[0] + r;
    return double(lut.nodes[static_cast<std::size_t>(at)][c]);
  };
  const double r = f[0], g = f[1], b = f[2];
  Rgb out{};
  for (std::size_t c = 0; c < 3; c++) {
    const double black = node(0, 0, 0, c), white = node(1, 1, 1, c);
    const auto path = [&](double first, double one, double second, double two, double third) {
      return black * (1 - first) + one * (first - second) + two * (second - third) + white * third;
    };
    if (r >= g && g >= b) out[c] = path(r, node(1, 0, 0, c), g, node(1, 1, 0, c), b);
    if (r >= b && b > g) out[c] = path(r, node(1, 0, 0, c), b, node(1, 0, 1, c), g);
    if (b > r && r >= g) out[c] = path(b, node(0, 0, 1, c), r, node(1, 0, 1, c), g);
    if (g > r && r >= b) out[c] = path(g, node(0, 1, 0, c), r, node(1, 1, 0, c), b);
    if (g >= b && b > r) out[c] = path(g, node(0, 1, 0, c), b, node(0, 1, 1, c), r);
    if (b > g && g > r) out[c] = path(b, node(0, 0, 1, c), g, node(0, 1, 1, c), r);
  }
  return out;
}

}  // namespace argent::reference
