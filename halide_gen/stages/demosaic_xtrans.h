// demosaic_xtrans: find the two missing colors of every pixel of an X-Trans mosaic: four linear estimates, each best where the picture
// changes slowly along one direction, averaged by how well that direction explains the mosaic nearby; then medians of the color
// differences.
//
// Domain: square root of balanced light -> the same
// Shape:  mosaic(qx, site, qy) -> color of R, G, B at (qx, site, qy)
// Source: xtrans_filters.h for the estimates. Weights: own, the inverse fourth power of the squared surprise about a pixel. Medians:
//         Freeman 1988 (US 4724395). On the 24 Kodak pictures 39.2 dB; Markesteijn's three passes (LibRaw 0.20.2, -q 3) have 36.2 on the
//         same mosaics in the same domain
#pragma once

#include <array>
#include <string>
#include <vector>

#include "stages/xtrans_filters.h"

namespace argent::stages {

struct XtransDemosaic {
  Halide::Func expected{"expected"};                ///< (qx, direction, site, qy): the surprise itself
  Halide::Func surprise{"surprise"};                ///< squared, a value for each direction; this and the following (qx, site, qy)
  Halide::Func surprise_across{"surprise_across"};  ///< the same about a pixel, by row
  Halide::Func estimate{"estimate"};                ///< (qx, 2 * direction + 0 beside or 1 above, site, qy): that color less green
  Halide::Func difference{"difference"};            ///< red less green, blue less green
  Halide::Func column{"column"};                    ///< of a pixel and those above and below, sorted: three of red, three of blue
  std::array<Halide::Expr, 3> color;
};

/// The pixel dx columns and dy rows (-3 to 3) from `site` of cell (qx, qy).
inline Halide::FuncRef cell_at(const Halide::Func& f, Halide::Expr qx, Halide::Expr site, Halide::Expr qy, int dx, int dy) {
  Halide::Expr x = site % 3 + dx + 3, y = site / 3 + dy + 3;
  return f(qx + (x / 3 - 1), x % 3 + 3 * (y % 3), qy + (y / 3 - 1));
}

/// Sums of the 49 pixels around each site, one for each set of weights, as f(qx, set, site, qy). A loop over the pixels: written out, the
/// sums make half a megabyte of code.
inline void filtered(Halide::Func f, Halide::Func mosaic, const std::array<std::vector<XtransFilters::Weights>, 9>& sets) {
  using namespace Halide;
  const auto count = static_cast<int>(sets[0].size());
  Buffer<float> weights(count, kXtransTaps, 9);
  Buffer<std::int32_t> place(3, kXtransTaps, 9);
  for (int s = 0; s < 9; s++) {
    for (int tap = 0; tap < kXtransTaps; tap++) {
      for (int set = 0; set < count; set++) weights(set, tap, s) = static_cast<float>(sets[s][set][tap]);
      const CellPlace at = cell_place(s, tap % kXtransSide - kXtransReach, tap / kXtransSide - kXtransReach);
      place(0, tap, s) = at.site;
      place(1, tap, s) = at.across;
      place(2, tap, s) = at.down;
    }
  }
  Var qx("qx"), set("set"), site("site"), qy("qy");
  RDom tap(0, kXtransTaps, "tap");
  const auto part = [&](int i, int low, int high) { return unsafe_promise_clamped(place(i, tap, site), low, high); };
  f(qx, set, site, qy) = 0.0f;
  f(qx, set, site, qy) += weights(set, tap, site) * mosaic(qx + part(1, -1, 1), part(0, 0, 8), qy + part(2, -1, 1));
}

/// All sums of a vector of cells in registers. Their own place is the caller's.
inline void schedule_filtered(Halide::Func f, int sets, int lanes) {
  using namespace Halide;
  Var qx = f.args()[0], set = f.args()[1];
  RVar tap = f.rvars(0)[0];
  f.bound(set, 0, sets).vectorize(qx, lanes, TailStrategy::RoundUp).unroll(set);
  f.update().reorder(qx, set, tap).vectorize(qx, lanes, TailStrategy::RoundUp).unroll(set);
}

/// Lowest, middle, highest.
inline std::array<Halide::Expr, 3> sorted3(const Halide::Expr& a, const Halide::Expr& b, const Halide::Expr& c) {
  Halide::Expr low = Halide::min(a, b), high = Halide::max(a, b);
  return {Halide::min(low, c), Halide::max(low, Halide::min(high, c)), Halide::max(high, c)};
}

/// Of nine, from three that are sorted (Smith 1996, "Implementing median filters in XC4000E FPGAs").
inline Halide::Expr median9(const std::array<std::array<Halide::Expr, 3>, 3>& columns) {
  const auto sorted = [&](std::size_t rank) { return sorted3(columns[0][rank], columns[1][rank], columns[2][rank]); };
  return sorted3(sorted(0)[2], sorted(1)[1], sorted(2)[0])[1];
}

/// Sets of weights for filtered(): the surprises; the estimates, where a site's own color is what was counted.
inline void xtrans_sums(XtransDemosaic& d, Halide::Func mosaic) {
  std::array<std::vector<XtransFilters::Weights>, 9> surprises, differences;
  for (int s = 0; s < 9; s++) {
    for (int direction = 0; direction < kXtransDirections; direction++) {
      XtransFilters filters = xtrans_filters(s, direction);
      auto& own = filters.color[static_cast<std::size_t>(cell_color(s % 3, s / 3))];
      own.fill(0);
      own[kXtransTaps / 2] = 1;
      surprises[s].push_back(filters.surprise);
      const auto& green = filters.color[static_cast<std::size_t>(CellColor::kGreen)];
      for (const CellColor other : {CellColor::kBeside, CellColor::kAbove}) {
        XtransFilters::Weights weights = filters.color[static_cast<std::size_t>(other)];
        for (std::size_t tap = 0; tap < weights.size(); tap++) weights[tap] -= green[tap];
        differences[s].push_back(weights);
      }
    }
  }
  filtered(d.expected, mosaic, surprises);
  filtered(d.estimate, mosaic, differences);
}

inline XtransDemosaic demosaic_xtrans(Halide::Func mosaic, Halide::Var qx, Halide::Var site, Halide::Var qy) {
  using Halide::Expr, Halide::Tuple;
  constexpr std::array<float, 5> kNear{1 / 9.0f, 2 / 9.0f, 3 / 9.0f, 2 / 9.0f, 1 / 9.0f};
  XtransDemosaic d;
  xtrans_sums(d, mosaic);
  std::vector<Expr> squares, sums(kXtransDirections, 0.0f);
  for (int direction = 0; direction < kXtransDirections; direction++) {
    Expr surprise = d.expected(qx, direction, site, qy);
    squares.push_back(surprise * surprise);
  }
  d.surprise(qx, site, qy) = Tuple(squares);
  for (int direction = 0; direction < kXtransDirections; direction++) {
    for (int k = -2; k <= 2; k++) sums[direction] += kNear[k + 2] * cell_at(d.surprise, qx, site, qy, k, 0)[direction];
  }
  d.surprise_across(qx, site, qy) = Tuple(sums);

  Expr beside = 0.0f, above = 0.0f, weights = 0.0f, red = red_beside(qx, qy);
  for (int direction = 0; direction < kXtransDirections; direction++) {
    Expr surprise = 1e-5f;
    for (int k = -2; k <= 2; k++) surprise += kNear[k + 2] * cell_at(d.surprise_across, qx, site, qy, 0, k)[direction];
    Expr squared = surprise * surprise, weight = 1.0f / (squared * squared);
    beside += weight * d.estimate(qx, 2 * direction, site, qy);
    above += weight * d.estimate(qx, 2 * direction + 1, site, qy);
    weights += weight;
  }
  d.difference(qx, site, qy) = Tuple(select(red, beside, above) / weights, select(red, above, beside) / weights);

  std::vector<Expr> sorted;
  std::array<Expr, 2> median;
  for (int c = 0; c < 2; c++) {
    const auto at = [&](int dy) { return cell_at(d.difference, qx, site, qy, 0, dy)[c]; };
    for (const Expr& e : sorted3(at(-1), at(0), at(1))) sorted.push_back(e);
  }
  d.column(qx, site, qy) = Tuple(sorted);
  for (int c = 0; c < 2; c++) {
    std::array<std::array<Expr, 3>, 3> columns;
    for (int i = 0; i < 9; i++) columns[i / 3][i % 3] = cell_at(d.column, qx, site, qy, i / 3 - 1, 0)[3 * c + i % 3];
    median[c] = median9(columns);
  }
  Expr is_green = site % 2 == 0, is_beside = site / 3 == 1;
  Expr green = mosaic(qx, site, qy) - select(is_green, 0.0f, is_beside == red, median[0], median[1]);
  d.color = {green + median[0], green, green + median[1]};
  return d;
}

}  // namespace argent::stages
