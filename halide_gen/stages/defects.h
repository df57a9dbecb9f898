// defects: replace pixels that stand out alone: against their own color, and with nothing of the kind in the other colors beside them.
//
// Domain: square root of balanced light, floats or whole numbers of a unit (at most 21,845: sums of three fit) -> the same
// Shape:  site[4](qx, qy) -> site[4](qx, qy)
// Source: Tanbakuchi, van der Sijde, Dillen, Theuwissen and de Haan 2003, "Adaptive pixel defect correction" (SPIE 5017): beyond the range
//         of the own color's neighbors, by more than the other colors vary. Own: the other colors' second difference has a say of its
//         own, so that the image of a point (a star of sigma 0.7 pixels and more) stays; weights measured on Kodak (0.05 dB lost on
//         clean pictures, 95 % of dead and stuck pixels found). What comes instead is the mean of the middle two of the four nearest
//         of the own color.
#pragma once

#include <array>
#include <string>

#include "stages/fixed_point.h"
#include "stages/quads.h"

namespace argent::stages {

struct Defects {
  Sites beside;  ///< mean of the four nearest pixels, which have other colors
  Sites site;    ///< corrected
};

/// `strength`: 0 changes nothing, 1 as measured, more finds weaker defects. All is compared in quarters, which fit 16 bits; a pixel has to
/// stand out by four times the other colors' second difference.
template <class Arithmetic>
Defects defects(const Sites& from, Halide::Expr strength, Halide::Var qx, Halide::Var qy, const Arithmetic& arithmetic) {
  using Halide::Expr, Halide::max, Halide::min, Halide::select;
  constexpr float kLeast = 0.03f, kOfLevel = 0.1f, kOfRange = 0.7f;
  const auto mean = [](Expr a, Expr b) { return Arithmetic::mean(a, b); };
  const auto excess = [](Expr a, Expr b) { return max(a, b) - b; };
  const Expr share = 0.25f / max(strength, 1e-3f);
  const Expr least = arithmetic.level(kLeast * share), of_level = arithmetic.factor(kOfLevel * share),
             of_range = arithmetic.factor(kOfRange * share);
  Defects d;
  for (int s = 0; s < 4; s++) {
    const auto m = [&](int dx, int dy) { return at(from, s, dx, dy, qx, qy); };
    d.beside[s] = Halide::Func("beside" + std::to_string(s));
    d.beside[s](qx, qy) = mean(mean(m(-1, 0), m(1, 0)), mean(m(0, -1), m(0, 1)));
  }
  for (int s = 0; s < 4; s++) {
    const auto m = [&](int dx, int dy) { return at(from, s, dx, dy, qx, qy); };
    const auto b = [&](int dx, int dy) { return d.beside[s](qx + dx, qy + dy); };
    const int corner = s == 1 || s == 2 ? 1 : 2;
    const std::array<Expr, 4> corners{m(-corner, -corner), m(corner, -corner), m(-corner, corner), m(corner, corner)};
    const std::array<Expr, 4> others{m(-1, 0), m(1, 0), m(0, -1), m(0, 1)};
    const auto most = [](const std::array<Expr, 4>& v) { return max(max(v[0], v[1]), max(v[2], v[3])); };
    const auto least_of = [](const std::array<Expr, 4>& v) { return min(min(v[0], v[1]), min(v[2], v[3])); };
    Expr own = m(0, 0);
    Expr across_low = min(m(-2, 0), m(2, 0)), across_high = max(m(-2, 0), m(2, 0));
    Expr down_low = min(m(0, -2), m(0, 2)), down_high = max(m(0, -2), m(0, 2));
    Expr high = max(max(across_high, down_high), most(corners)), low = min(min(across_low, down_low), least_of(corners));
    Expr around = mean(mean(b(-1, 0), b(1, 0)), mean(b(0, -1), b(0, 1)));
    Expr varies = Arithmetic::scaled(most(others) - least_of(others), of_range) + least;
    Expr hot = Arithmetic::quarter(excess(own, high)) > varies + Arithmetic::scaled(high, of_level) + excess(b(0, 0), around);
    Expr cold = Arithmetic::quarter(excess(low, own)) > varies + Arithmetic::scaled(low, of_level) + excess(around, b(0, 0));
    Expr instead = mean(max(across_low, down_low), min(across_high, down_high));
    d.site[s] = Halide::Func("sound" + std::to_string(s));
    d.site[s](qx, qy) = select(strength <= 0.0f, own, select(hot || cold, instead, own));
  }
  return d;
}

}  // namespace argent::stages
