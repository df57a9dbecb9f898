// demosaic: find the two missing colors of every pixel along edges, not across them.
//
// Domain: square root of balanced light (variance-stabilised: the same method loses 4 to 6 dB on linear light), floats or u16 -> the same,
//         as i16 if u16. Whole numbers up to 21,845: a green, which may overshoot by half of that, then fits i16; differences are halved
// Shape:  site[4](qx, qy) -> color[site][R G B](qx, qy)
// Source: Hamilton and Adams 1997 (US 5629734): green along each axis with a second-order correction from the pixel's own color.
//         Own: both directions are kept, weighted by the inverse square of their gradients, instead of a hard choice (+1.1 dB on Kodak);
//         red and blue from the mean of the nearest color differences.
#pragma once

#include <array>
#include <string>

#include "Halide.h"
#include "stages/fixed_point.h"
#include "stages/quads.h"

namespace argent::stages {

struct Demosaic {
  Halide::Func green_at_red{"green_at_red"}, green_at_blue{"green_at_blue"};          ///< (qx, qy)
  Halide::Func red_difference{"red_difference"}, blue_difference{"blue_difference"};  ///< color - green where the color was counted
  std::array<std::array<Halide::Expr, 3>, 4> color;                                   ///< at (qx, qy)
};

/// The same of whole numbers.
struct WholeDemosaic {
  Halide::Func green_at_red{"green_at_red"}, green_at_blue{"green_at_blue"};  ///< (qx, qy): i16, from 0
  Halide::Func red_half{"red_half"}, blue_half{"blue_half"};                  ///< half of color - green
  Sites green;                                                                ///< i16
  std::array<std::array<Halide::Expr, 2>, 4> differences;                     ///< red - green, blue - green at (qx, qy)
};

/// One axis: two greens before and after, three samples of the own color.
struct AxisEstimate {
  Halide::Expr green, gradient;
};

inline AxisEstimate along(Halide::Expr g0, Halide::Expr g1, Halide::Expr own0, Halide::Expr own, Halide::Expr own1) {
  Halide::Expr curvature = 2.0f * own - own0 - own1;
  return {Halide::max((g0 + g1) * 0.5f + curvature * 0.25f, 0.0f), Halide::abs(g0 - g1) + Halide::abs(curvature)};
}

inline Halide::Expr blend(const AxisEstimate& h, const AxisEstimate& v) {
  Halide::Expr hh = h.gradient * h.gradient + 1e-7f, vv = v.gradient * v.gradient + 1e-7f;
  return (h.green * vv + v.green * hh) / (hh + vv);
}

inline Demosaic demosaic(const Sites& s, Halide::Var qx, Halide::Var qy) {
  const auto &r = s[0], &g1 = s[1], &g2 = s[2], &b = s[3];
  Demosaic d;
  d.green_at_red(qx, qy) = blend(along(g1(qx - 1, qy), g1(qx, qy), r(qx - 1, qy), r(qx, qy), r(qx + 1, qy)),
                                 along(g2(qx, qy - 1), g2(qx, qy), r(qx, qy - 1), r(qx, qy), r(qx, qy + 1)));
  d.green_at_blue(qx, qy) = blend(along(g2(qx, qy), g2(qx + 1, qy), b(qx - 1, qy), b(qx, qy), b(qx + 1, qy)),
                                  along(g1(qx, qy), g1(qx, qy + 1), b(qx, qy - 1), b(qx, qy), b(qx, qy + 1)));
  d.red_difference(qx, qy) = r(qx, qy) - d.green_at_red(qx, qy);
  d.blue_difference(qx, qy) = b(qx, qy) - d.green_at_blue(qx, qy);

  const auto& dr = d.red_difference;
  const auto& db = d.blue_difference;
  Halide::Expr gr = d.green_at_red(qx, qy), gb = d.green_at_blue(qx, qy);
  d.color[0] = {r(qx, qy), gr, gr + 0.25f * (db(qx - 1, qy - 1) + db(qx, qy - 1) + db(qx - 1, qy) + db(qx, qy))};
  d.color[1] = {g1(qx, qy) + 0.5f * (dr(qx, qy) + dr(qx + 1, qy)), g1(qx, qy), g1(qx, qy) + 0.5f * (db(qx, qy - 1) + db(qx, qy))};
  d.color[2] = {g2(qx, qy) + 0.5f * (dr(qx, qy) + dr(qx, qy + 1)), g2(qx, qy), g2(qx, qy) + 0.5f * (db(qx - 1, qy) + db(qx, qy))};
  d.color[3] = {gb + 0.25f * (dr(qx, qy) + dr(qx + 1, qy) + dr(qx, qy + 1) + dr(qx + 1, qy + 1)), gb, b(qx, qy)};
  return d;
}

inline Halide::Expr whole_green(Halide::Expr west, Halide::Expr east, Halide::Expr north, Halide::Expr south, Halide::Func own_plane,
                                Halide::Var qx, Halide::Var qy, const FloatsBetween& floats) {
  using namespace Halide;
  Expr own = own_plane(qx, qy);
  const auto axis = [&](Expr a, Expr z, Expr own_a, Expr own_z) {
    Expr bend = i16(own) - i16(mean_of_two(own_a, own_z));  // half of the curvature
    return AxisEstimate{max(i16(mean_of_two(a, z)) + (bend >> 1), i16(0)), u16(abs(i16(a) - i16(z)) >> 1) + u16(abs(bend))};
  };
  const AxisEstimate h = axis(west, east, own_plane(qx - 1, qy), own_plane(qx + 1, qy)),
                     v = axis(north, south, own_plane(qx, qy - 1), own_plane(qx, qy + 1));
  // As blend's 1e-7, of half of a gradient in 1 / 15,000 to 1 / 21,845: rounding's last units alone choose no axis. Eight times as much
  // would agree better between processors, but mix what steep shading makes of two columns of a quad into one.
  constexpr float kAboveRounding = 8;
  Expr hg = floats.from(h.gradient), vg = floats.from(v.gradient), hh = hg * hg + kAboveRounding, vv = vg * vg + kAboveRounding;
  Expr weight = i16(floats.to(hh * fast_inverse(hh + vv) * 32750.0f));  // 12 bits of 1 / x: may pass 1
  return h.green + (share_of(v.green - h.green, weight) << 1);
}

inline WholeDemosaic whole_demosaic(const Sites& s, Halide::Var qx, Halide::Var qy, const FloatsBetween& floats) {
  const auto &r = s[0], &g1 = s[1], &g2 = s[2], &b = s[3];
  WholeDemosaic d;
  d.green_at_red(qx, qy) = whole_green(g1(qx - 1, qy), g1(qx, qy), g2(qx, qy - 1), g2(qx, qy), r, qx, qy, floats);
  d.green_at_blue(qx, qy) = whole_green(g2(qx, qy), g2(qx + 1, qy), g1(qx, qy), g1(qx, qy + 1), b, qx, qy, floats);
  d.red_half(qx, qy) = (i16(r(qx, qy)) - d.green_at_red(qx, qy)) >> 1;
  d.blue_half(qx, qy) = (i16(b(qx, qy)) - d.green_at_blue(qx, qy)) >> 1;
  for (std::size_t i : {std::size_t{1}, std::size_t{2}}) {
    d.green[i] = Halide::Func("green" + std::to_string(i));
    d.green[i](qx, qy) = i16(s[i](qx, qy));
  }
  d.green[0] = d.green_at_red;
  d.green[3] = d.green_at_blue;

  const auto& dr = d.red_half;
  const auto& db = d.blue_half;
  const auto mean_of_four = [](Halide::Expr a, Halide::Expr b, Halide::Expr c, Halide::Expr e) { return ((a + b) >> 1) + ((c + e) >> 1); };
  d.differences[0] = {dr(qx, qy) << 1, mean_of_four(db(qx - 1, qy - 1), db(qx, qy - 1), db(qx - 1, qy), db(qx, qy))};
  d.differences[1] = {dr(qx, qy) + dr(qx + 1, qy), db(qx, qy - 1) + db(qx, qy)};
  d.differences[2] = {dr(qx, qy) + dr(qx, qy + 1), db(qx - 1, qy) + db(qx, qy)};
  d.differences[3] = {mean_of_four(dr(qx, qy), dr(qx + 1, qy), dr(qx, qy + 1), dr(qx + 1, qy + 1)), db(qx, qy) << 1};
  return d;
}

}  // namespace argent::stages
