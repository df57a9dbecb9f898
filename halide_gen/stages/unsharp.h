// unsharp: an unsharp mask on green, for pictures that have no time for capture_sharpen.h.
//
// Domain: roots of green, i16, from 0 -> what every color's root is to be given more; amount 0: nothing
// Shape:  site[4](qx, qy) -> the same
// Source: Gonzalez and Woods, Digital Image Processing, 3.6.3, with the 3x3 binomial. Own: differences as small as noise are left alone
//         (soft threshold), and nothing is moved by more than 2 % of full scale: that bounds halos
#pragma once

#include <string>

#include "stages/fixed_point.h"
#include "stages/quads.h"

namespace argent::stages {

struct Unsharp {
  Sites down;  ///< blurred along the column; u16
  Sites added;
};

/// `amount` up to 4, in Q13; `core` and `bound`, of what is added, are whole numbers, i16.
inline Unsharp unsharp(const Sites& green, Halide::Expr amount, Halide::Expr core, Halide::Expr bound, Halide::Var qx, Halide::Var qy) {
  using Halide::Expr, Halide::clamp;
  const auto binomial = [](Expr before, Expr middle, Expr after) { return mean_of_two(mean_of_two(before, after), middle); };
  const Expr most = i16(Halide::min(4095, Halide::cast<std::int32_t>(bound) * 8192 / Halide::max(Halide::cast<std::int32_t>(amount), 1)));
  Unsharp u;
  for (std::size_t s = 0; s < 4; s++) {
    const auto g = [&](int dy) { return u16(at(green, static_cast<int>(s), 0, dy, qx, qy)); };
    u.down[s] = Halide::Func("blurred_down" + std::to_string(s));
    u.down[s](qx, qy) = binomial(g(-1), g(0), g(1));
  }
  for (std::size_t s = 0; s < 4; s++) {
    const auto d = [&](int dx) { return at(u.down, static_cast<int>(s), dx, 0, qx, qy); };
    Expr detail = green[s](qx, qy) - i16(binomial(d(-1), d(0), d(1)));
    detail = detail - clamp(detail, -core, core);
    u.added[s] = Halide::Func("sharpening" + std::to_string(s));
    u.added[s](qx, qy) = share_of(clamp(detail, -most, most), amount) << 3;
  }
  return u;
}

}  // namespace argent::stages
