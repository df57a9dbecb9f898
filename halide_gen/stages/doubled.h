// doubled: planes of half the size, and such a plane in full size.
//
// Domain: u16 -> the same, three roundings up of at most a half in it
// Shape:  (x, y) -> (x, y) of twice the size; sample i covers pixels 2 i and 2 i + 1
// Source: bilinear between the centres, which lie half a pixel off
#pragma once

#include <string>
#include <vector>

#include "Halide.h"
#include "stages/fixed_point.h"
#include "stages/quads.h"

namespace argent::stages {

/// Means of 2x2 pixels, of those past the end the last; two roundings up in it.
struct Halved {
  Halide::Func down;  ///< (x, y of half the size)
  Halide::Func half;
};

/// `at(column, row)` of a picture of width x height, and of planes `plane` if there are some. `place(i, n)`: which of n rows stands at i,
/// where i lies outside; columns repeat the last.
template <class At, class Place>
Halved halved(const At& at, Halide::Expr width, Halide::Expr height, const Place& place, const std::string& name,
              const std::vector<Halide::Var>& plane = {}) {
  using namespace Halide;
  Var x("x"), y("y");
  const auto with_plane = [&](const Expr& column) {
    std::vector<Expr> all{column, y};
    all.insert(all.end(), plane.begin(), plane.end());
    return all;
  };
  Halved h{Func(name + "_of_rows"), Func(name)};
  Expr row = place(y, (height + 1) / 2), column = inside(x, (width + 1) / 2 - 1), own = inside(x, width - 1);
  h.down(with_plane(x)) = mean_of_two(at(own, 2 * row), at(own, inside(2 * row + 1, height - 1)));
  h.half(with_plane(x)) = mean_of_two(h.down(with_plane(2 * column)), h.down(with_plane(2 * column + 1)));
  return h;
}

struct Doubled {
  Halide::Func down, even, odd, whole;
};

inline Doubled doubled(Halide::Func half, const std::string& name) {
  using namespace Halide;
  Var x("x"), y("y");
  Doubled d{Func(name + "_down"), Func(name + "_even"), Func(name + "_odd"), Func(name + "_whole")};
  const auto between = [](Expr near, Expr far) { return mean_of_two(near, mean_of_two(near, far)); };  // three quarters and one
  d.down(x, y) = between(half(x, y / 2), half(x, y / 2 + select(y % 2 == 0, -1, 1)));
  d.even(x, y) = between(d.down(x, y), d.down(x - 1, y));
  d.odd(x, y) = between(d.down(x, y), d.down(x + 1, y));
  d.whole(x, y) = select(x % 2 == 0, d.even(x / 2, y), d.odd(x / 2, y));
  return d;
}

}  // namespace argent::stages
