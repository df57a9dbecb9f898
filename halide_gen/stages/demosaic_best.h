// demosaic, best: color differences along rows and columns, averaged towards the side on which they change least.
//
// Domain: square root of balanced light -> the same
// Shape:  site[4](qx, qy) -> color[site][R G B](qx, qy)
// Source: Pekkucuksen and Altunbasak 2010, "Gradient based threshold free color filter array interpolation" (ICIP), eq. 1 to 9. Own: in the
//         square-root domain; weights by the inverse cube instead of the square; means that favor what is near; the other color of red and
//         blue pixels along the diagonal on which green changes less. On Kodak 2 dB better than `fast`, at low noise 1.7, at high noise
//         equal.
#pragma once

#include "stages/demosaic.h"

namespace argent::stages {

struct BestDemosaic {
  Sites across, down;              ///< green less the pixel's other color, by its row and by its column
  Sites across_steps, down_steps;  ///< how much these change about the pixel, summed over five pixels of its row
  std::array<Halide::Func, 2> across_change, down_change, difference, opposite;  ///< at red and blue pixels
  std::array<std::array<Halide::Expr, 3>, 4> color;

  std::vector<Halide::Func> stages() const {
    std::vector<Halide::Func> all;
    for (const Sites* sites : {&across, &down, &across_steps, &down_steps}) all.insert(all.end(), sites->begin(), sites->end());
    for (const auto* pair : {&across_change, &down_change, &difference, &opposite}) all.insert(all.end(), pair->begin(), pair->end());
    return all;
  }
};

inline BestDemosaic demosaic_best(const Sites& mosaic, Halide::Var qx, Halide::Var qy) {
  using Halide::Expr, Halide::Func;
  constexpr float kNear[5] = {0.3f, 0.25f, 0.2f, 0.15f, 0.1f};
  constexpr int kOfColor[2] = {0, 3};  // the sites of red and blue
  BestDemosaic d;
  const auto difference = [&](int s, int dx, int dy) {
    const auto m = [&](int i) { return at(mosaic, s, i * dx, i * dy, qx, qy); };
    Expr other = (m(-1) + m(1)) * 0.5f + (2.0f * m(0) - m(-2) - m(2)) * 0.25f;
    return s == 0 || s == 3 ? other - m(0) : m(0) - other;
  };
  for (int s = 0; s < 4; s++) {
    const std::string name = std::to_string(s);
    d.across[s] = Func("across" + name);
    d.down[s] = Func("down" + name);
    d.across[s](qx, qy) = difference(s, 1, 0);
    d.down[s](qx, qy) = difference(s, 0, 1);
  }
  for (int s = 0; s < 4; s++) {
    const std::string name = std::to_string(s);
    d.across_steps[s] = Func("across_steps" + name);
    d.down_steps[s] = Func("down_steps" + name);
    Expr a = 0.0f, b = 0.0f;
    for (int i = -2; i <= 2; i++) {
      a += abs(at(d.across, s, i - 1, 0, qx, qy) - at(d.across, s, i + 1, 0, qx, qy));
      b += abs(at(d.down, s, i, -1, qx, qy) - at(d.down, s, i, 1, qx, qy));
    }
    d.across_steps[s](qx, qy) = a;
    d.down_steps[s](qx, qy) = b;
  }
  for (int c = 0; c < 2; c++) {
    const int s = kOfColor[c];
    d.across_change[c] = Func("across_change" + std::to_string(c));
    d.down_change[c] = Func("down_change" + std::to_string(c));
    const auto change = [&](const Sites& steps) {
      Expr sum = 1e-3f;
      for (int i = -2; i <= 2; i++) sum += at(steps, s, 0, i, qx, qy);
      return 1.0f / (sum * sum * sum);
    };
    d.across_change[c](qx, qy) = change(d.across_steps);
    d.down_change[c](qx, qy) = change(d.down_steps);

    d.difference[c] = Func("difference" + std::to_string(c));
    Expr sum = 0.0f, weights = 0.0f;
    for (const int side : {-1, 1}) {
      Expr along_row = 0.0f, along_column = 0.0f;
      for (int k = 0; k < 5; k++) {
        along_row += kNear[k] * at(d.across, s, side * k, 0, qx, qy);
        along_column += kNear[k] * at(d.down, s, 0, side * k, qx, qy);
      }
      Expr of_row = d.across_change[c](qx + side, qy), of_column = d.down_change[c](qx, qy + side);
      sum += of_row * along_row + of_column * along_column;
      weights += of_row + of_column;
    }
    d.difference[c](qx, qy) = sum / weights;
  }
  // Green less the other color at red and blue pixels: along the diagonal on which it and green change less.
  for (int c = 0; c < 2; c++) {
    const int s = kOfColor[c], t = kOfColor[1 - c];
    const Func& far = d.difference[1 - c];
    const auto corner = [&](int dx, int dy, bool green) {  // dx, dy: -1 or 1
      Expr x = qx + (s == 0 ? (dx < 0 ? -1 : 0) : (dx < 0 ? 0 : 1)), y = qy + (s == 0 ? (dy < 0 ? -1 : 0) : (dy < 0 ? 0 : 1));
      Expr value = far(x, y);
      return green ? mosaic[static_cast<std::size_t>(t)](x, y) + value : value;
    };
    Expr here = mosaic[static_cast<std::size_t>(s)](qx, qy) + d.difference[c](qx, qy);
    const auto diagonal = [&](int dy) {
      Expr a = corner(-1, -dy, false), b = corner(1, dy, false);
      Expr g = abs(a - b) + abs(corner(-1, -dy, true) - here) + abs(corner(1, dy, true) - here) + 1e-3f;
      return std::pair((a + b) * 0.5f, g * g);
    };
    const auto [falling, f] = diagonal(1);
    const auto [rising, r] = diagonal(-1);
    d.opposite[c] = Func("opposite" + std::to_string(c));
    d.opposite[c](qx, qy) = (falling * r + rising * f) / (f + r);
  }
  const auto &red = d.difference[0], &blue = d.difference[1];
  const auto m = [&](int s) { return mosaic[static_cast<std::size_t>(s)](qx, qy); };
  Expr green_r = m(0) + red(qx, qy), green_b = m(3) + blue(qx, qy);
  d.color[0] = {m(0), green_r, green_r - d.opposite[0](qx, qy)};
  d.color[1] = {m(1) - 0.5f * (red(qx, qy) + red(qx + 1, qy)), m(1), m(1) - 0.5f * (blue(qx, qy - 1) + blue(qx, qy))};
  d.color[2] = {m(2) - 0.5f * (red(qx, qy) + red(qx, qy + 1)), m(2), m(2) - 0.5f * (blue(qx - 1, qy) + blue(qx, qy))};
  d.color[3] = {green_b - d.opposite[1](qx, qy), green_b, m(3)};
  return d;
}

}  // namespace argent::stages
