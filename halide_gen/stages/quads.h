// quads: read the mosaic as four planes, one per site of the Bayer quad, mirrored at the borders so that every color stays on its site.
//
// Domain: sensor codes -> the same codes
// Shape:  (x, y) of the active array -> site[4](qx, qy), sites R, G on R's rows, G on B's rows, B; (origin_x, origin_y) is an R site
// Source: own
#pragma once

#include <array>
#include <string>
#include <vector>

#include "Halide.h"

namespace argent::stages {

using Sites = std::array<Halide::Func, 4>;

/// Pixel (dx, dy) from site `s` of quad (qx, qy).
inline Halide::Expr at(const Sites& sites, int s, int dx, int dy, Halide::Var qx, Halide::Var qy) {
  const int x = s % 2 + dx + 64, y = s / 2 + dy + 64;
  return sites[static_cast<std::size_t>(x % 2 + y % 2 * 2)](qx + (x / 2 - 32), qy + (y / 2 - 32));
}

/// Reflects without repeating the border pixel, which keeps the parity; `likely` keeps the interior free of the arithmetic.
inline Halide::Expr mirror(Halide::Expr i, Halide::Expr extent) {
  using namespace Halide;
  Expr last = extent - 1;
  Expr once = max(i, -i),                                      // not abs(): Halide 14 gets its bounds wrong below 0
      reflected = select(once > last, 2 * last - once, once);  // twice where a picture is smaller than the stencil
  return unsafe_promise_clamped(select(i < 0 || i > last, clamp(reflected, 0, last), likely(i)), 0, last);
}

struct Quads {
  Halide::Func rows{"rows"};  ///< (x, y): the mosaic with borders, a row-copy that the schedule can keep small
  Sites site;
};

inline Quads quads(Halide::Func mosaic, Halide::Expr width, Halide::Expr height, Halide::Expr origin_x, Halide::Expr origin_y) {
  using namespace Halide;
  Var x("x"), y("y"), qx("qx"), qy("qy");
  Quads out;
  out.rows(x, y) = mosaic(mirror(x + origin_x, width), mirror(y + origin_y, height));
  for (int s = 0; s < 4; s++) {
    out.site[s] = Func("code" + std::to_string(s));
    out.site[s](qx, qy) = out.rows(2 * qx + s % 2, 2 * qy + s / 2);
  }
  return out;
}

/// (x, qy): row `row` of quads, 0 or 1, whose pixels are tuples of so many values.
inline Halide::Func line_of(const Sites& pixel, int row, int values) {
  using namespace Halide;
  Var x("x"), qy("qy");
  const auto left = static_cast<std::size_t>(2 * row);
  std::vector<Expr> all;
  for (int i = 0; i < values; i++) all.push_back(select(x % 2 == 0, pixel[left](x / 2, qy)[i], pixel[left + 1](x / 2, qy)[i]));
  Func line("line" + std::to_string(row));
  line(x, qy) = Tuple(all);
  return line;
}

/// Where `line` has pixels of quads in turn, (x, ..): both of `lanes` quads at once, of a block of `block` pixels of what reads it at
/// (out, x).
inline void schedule_line(Halide::Func line, Halide::Func out, Halide::Var x, int block, int lanes) {
  using namespace Halide;
  Var quad("quad"), site("site");
  line.compute_at(out, x).bound_extent(x, block).split(x, quad, site, 2, TailStrategy::RoundUp).reorder(site, quad);
  line.unroll(site).vectorize(quad, lanes, TailStrategy::RoundUp);
}

/// What has a value a quad, (qx, ..), likewise.
inline void schedule_pixel(Halide::Func pixel, Halide::Func out, Halide::Var x, int block, int lanes) {
  using namespace Halide;
  const Var qx = pixel.args()[0];
  pixel.compute_at(out, x).bound_extent(qx, block / 2).vectorize(qx, lanes, TailStrategy::RoundUp);
}

/// Nearest index inside; `likely` as above.
inline Halide::Expr inside(Halide::Expr i, Halide::Expr last) {
  using namespace Halide;
  return unsafe_promise_clamped(select(i < 0 || i > last, clamp(i, 0, last), likely(i)), 0, last);
}

/// The same without borders: whole quads inside the active array only.
inline Sites whole_quads(Halide::Func mosaic, Halide::Expr origin_x, Halide::Expr origin_y) {
  using namespace Halide;
  Var qx("qx"), qy("qy");
  Sites site;
  for (int s = 0; s < 4; s++) {
    site[s] = Func("code" + std::to_string(s));
    site[s](qx, qy) = mosaic(2 * qx + s % 2 + origin_x, 2 * qy + s / 2 + origin_y);
  }
  return site;
}

}  // namespace argent::stages
