// defects: replace pixels that stand out alone: against their own color, and with nothing of the kind in the other colors beside them.
//
// Domain: square root of balanced light -> the same
// Shape:  site[4](qx, qy) -> site[4](qx, qy)
// Source: Tanbakuchi, van der Sijde, Dillen, Theuwissen and de Haan 2003, "Adaptive pixel defect correction" (SPIE 5017): beyond the range
//         of the own color's neighbors, by more than the other colors vary. Own: the other colors' second difference has a say of its
//         own, so that the image of a point (a star of sigma 0.7 pixels and more) stays; weights measured on Kodak (0.05 dB lost on
//         clean pictures, 95 % of dead and stuck pixels found).
#pragma once

#include <array>
#include <string>

#include "stages/quads.h"

namespace argent::stages {

struct Defects {
  Sites beside;  ///< mean of the four nearest pixels, which have other colors
  Sites site;    ///< corrected
};

/// The sum of the own color's pair whose ends differ less counts more. `pairs`: two along the row, two along the column.
inline Halide::Expr between(const std::array<Halide::Expr, 4>& pairs) {
  Halide::Expr across = Halide::abs(pairs[0] - pairs[1]) + 1e-3f, down = Halide::abs(pairs[2] - pairs[3]) + 1e-3f;
  return 0.5f * ((pairs[0] + pairs[1]) * down + (pairs[2] + pairs[3]) * across) / (across + down);
}

/// `strength`: 0 changes nothing, 1 as measured, more finds weaker defects.
inline Defects defects(const Sites& from, Halide::Expr strength, Halide::Var qx, Halide::Var qy) {
  using Halide::Expr, Halide::max, Halide::min, Halide::select;
  constexpr float kLeast = 0.03f, kOfLevel = 0.1f, kOfRange = 0.7f, kOfBump = 4.0f;
  Defects d;
  for (int s = 0; s < 4; s++) {
    const auto m = [&](int dx, int dy) { return at(from, s, dx, dy, qx, qy); };
    d.beside[s] = Halide::Func("beside" + std::to_string(s));
    d.beside[s](qx, qy) = 0.25f * ((m(-1, 0) + m(1, 0)) + (m(0, -1) + m(0, 1)));
  }
  for (int s = 0; s < 4; s++) {
    const auto m = [&](int dx, int dy) { return at(from, s, dx, dy, qx, qy); };
    const auto b = [&](int dx, int dy) { return d.beside[s](qx + dx, qy + dy); };
    const int corner = s == 1 || s == 2 ? 1 : 2;
    const std::array<Expr, 4> axes{m(-2, 0), m(2, 0), m(0, -2), m(0, 2)};
    const std::array<Expr, 4> corners{m(-corner, -corner), m(corner, -corner), m(-corner, corner), m(corner, corner)};
    const std::array<Expr, 4> others{m(-1, 0), m(1, 0), m(0, -1), m(0, 1)};
    const auto most = [](const std::array<Expr, 4>& v) { return max(max(v[0], v[1]), max(v[2], v[3])); };
    const auto least = [](const std::array<Expr, 4>& v) { return min(min(v[0], v[1]), min(v[2], v[3])); };
    Expr own = m(0, 0), high = max(most(axes), most(corners)), low = min(least(axes), least(corners));
    Expr bump = b(0, 0) - 0.25f * ((b(-1, 0) + b(1, 0)) + (b(0, -1) + b(0, 1)));
    Expr varies = kLeast + kOfRange * (most(others) - least(others));
    Expr hot = (own - high - kOfBump * max(bump, 0.0f)) * strength > varies + kOfLevel * high;
    Expr cold = (low - own - kOfBump * max(-bump, 0.0f)) * strength > varies + kOfLevel * low;
    d.site[s] = Halide::Func("sound" + std::to_string(s));
    d.site[s](qx, qy) = select(strength <= 0.0f, own, select(hot || cold, between(axes), own));
  }
  return d;
}

}  // namespace argent::stages
