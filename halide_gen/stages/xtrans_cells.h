// xtrans_cells: read an X-Trans mosaic as nine planes, one per site of its 3x3 cell, mirrored at the borders so that every color stays on
// its site.
//
// Domain: sensor codes -> the same codes
// Shape:  (x, y) of the active array -> site[9](qx, qy), rows of the cell one after the other; (origin_x, origin_y) starts a cell that has
//         red on the left and right of its middle; so has every cell with qx + qy even, the others have blue there
// Source: own; the pattern is its own mirror image about every cell's middle row and column, and about no other
#pragma once

#include <array>
#include <string>

#include "Halide.h"
#include "stages/quads.h"

namespace argent::stages {

/// Of a site in its cell: green at the corners and in the middle, one color beside the middle, the other above and below.
enum class CellColor { kBeside, kGreen, kAbove };

constexpr CellColor cell_color(int column, int row) {
  return (column + row) % 2 == 0 ? CellColor::kGreen : row == 1 ? CellColor::kBeside : CellColor::kAbove;
}

using Cells = std::array<Halide::Func, 9>;

/// Whether the cell's color beside its middle is red.
inline Halide::Expr red_beside(Halide::Expr qx, Halide::Expr qy) { return (qx + qy) % 2 == 0; }

/// Reflects about the first and the last cell's middle inside. What no color's site is left for, in pictures of less than two cells, comes
/// from the nearest pixel inside.
inline Halide::Expr mirror_about_middles(Halide::Expr i, Halide::Expr origin, Halide::Expr extent) {
  using namespace Halide;
  Expr first = (origin + 1) % 3, last = extent - 1 - (extent - 2 - origin) % 3;
  Expr once = select(i < 0, 2 * first - i, i), reflected = select(once > extent - 1, 2 * last - once, once);
  return unsafe_promise_clamped(select(i < 0 || i > extent - 1, clamp(reflected, 0, extent - 1), likely(i)), 0, extent - 1);
}

struct MirroredCells {
  Halide::Func rows{"rows"};  ///< (x, y): the mosaic with borders, a row-copy that the schedule can keep small
  Cells site;
};

inline MirroredCells xtrans_cells(Halide::Func mosaic, Halide::Expr width, Halide::Expr height, Halide::Expr origin_x,
                                  Halide::Expr origin_y) {
  using namespace Halide;
  Var x("x"), y("y"), qx("qx"), qy("qy");
  MirroredCells out;
  out.rows(x, y) = mosaic(mirror_about_middles(x + origin_x, origin_x, width), mirror_about_middles(y + origin_y, origin_y, height));
  for (int s = 0; s < 9; s++) {
    out.site[s] = Func("code" + std::to_string(s));
    out.site[s](qx, qy) = out.rows(3 * qx + s % 3, 3 * qy + s / 3);
  }
  return out;
}

/// The same without borders: whole cells inside the active array only.
inline Cells whole_cells(Halide::Func mosaic, Halide::Expr origin_x, Halide::Expr origin_y) {
  using namespace Halide;
  Var qx("qx"), qy("qy");
  Cells site;
  for (int s = 0; s < 9; s++) {
    site[s] = Func("code" + std::to_string(s));
    site[s](qx, qy) = mosaic(3 * qx + s % 3 + origin_x, 3 * qy + s / 3 + origin_y);
  }
  return site;
}

/// The site (dx, dy) pixels from site `s` of cell (qx, qy); the cell's offset goes with it.
struct CellPlace {
  int site, across, down;
};
constexpr CellPlace cell_place(int s, int dx, int dy) {
  constexpr int kCells = 8;  // so that nothing is below 0
  const int x = s % 3 + dx + 3 * kCells, y = s / 3 + dy + 3 * kCells;
  return {x % 3 + 3 * (y % 3), x / 3 - kCells, y / 3 - kCells};
}

}  // namespace argent::stages
