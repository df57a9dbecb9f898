// reference/malvar.h - Malvar, He and Cutler 2004, "High-quality linear interpolation for demosaicing of Bayer-patterned color images"
// (ICASSP), figure 2: a peer of known results, to check where sites and borders are.
#pragma once

#include <array>

namespace argent::reference {

/// `value(x, y)` also outside of the picture; `site(x, y)`: 0 R, 1 G on R's rows, 2 G on B's rows, 3 B. Returns R, G, B.
template <class Value, class Site>
std::array<double, 3> malvar(const Value& value, const Site& site, int x, int y) {
  const auto m = [&](int dx, int dy) { return value(x + dx, y + dy); };
  const double own = m(0, 0), beside = m(-1, 0) + m(1, 0), above = m(0, -1) + m(0, 1);
  const double corners = m(-1, -1) + m(1, -1) + m(-1, 1) + m(1, 1);
  const double beside2 = m(-2, 0) + m(2, 0), above2 = m(0, -2) + m(0, 2);
  const double green = (4 * own + 2 * (beside + above) - beside2 - above2) / 8;
  const double by_row = (5 * own + 4 * beside - corners - beside2 + above2 / 2) / 8;
  const double by_column = (5 * own + 4 * above - corners - above2 + beside2 / 2) / 8;
  const double opposite = (6 * own + 2 * corners - 1.5 * (beside2 + above2)) / 8;
  switch (site(x, y)) {
    case 0:
      return {own, green, opposite};
    case 1:
      return {by_row, own, by_column};
    case 2:
      return {by_column, own, by_row};
    default:
      return {opposite, green, own};
  }
}

}  // namespace argent::reference
