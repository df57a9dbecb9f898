// xtrans_filters: what 49 pixels of an X-Trans mosaic say about their middle: linear estimates of the colors that it lacks, and how far the
// pixel itself is from what the others make one expect. Worked out in the build; no pixels here.
//
// Domain: one set for each of four models of the picture, in which it changes slowly along a direction: 0, 90, 45 and 135 degrees
// Shape:  site of the cell x direction -> weights of the 7x7 pixels around it, row-major
// Source: Trussell and Hartley 2002, "Mathematics for demosaicking" (IEEE TIP 11): the estimate of least mean square error of a Gaussian
//         field. Yu, Sapiro and Mallat 2012 (IEEE TIP 21): directional models side by side. Rasmussen and Williams 2006, eq. 5.12:
//         leaving one out. Own: the covariance, brightness that all colors share and a color's own part, both
//         exp(-(distance / length)^kLaw); its numbers are rounded from a search on eight of the Kodak pictures
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "stages/xtrans_cells.h"

namespace argent::stages {

inline constexpr int kXtransReach = 3, kXtransSide = 2 * kXtransReach + 1, kXtransTaps = kXtransSide * kXtransSide, kXtransDirections = 4;

struct XtransFilters {
  using Weights = std::array<double, kXtransTaps>;
  std::array<Weights, 3> color;  ///< by CellColor of the middle's cell
  Weights surprise;              ///< the pixel less its expectation, in standard deviations: of variance 1 where the model holds
};

/// Of two pixels (dx, dy) apart; `shared` of brightness, `own` of one color's part.
struct XtransCovariance {
  double shared, own;
};

inline XtransCovariance xtrans_covariance(int direction, int dx, int dy) {
  constexpr double kLaw = 1.75, kAlong = 8.5, kAcross = 4, kOwnAlong = 40, kOwnAcross = 4, kOwn = 0.045;
  constexpr double kFlat = 1e5;  // a color may have any mean: flat areas come out as they are
  const double diagonal = std::sqrt(0.5);
  const std::array<std::array<double, 2>, kXtransDirections> axes{{{1, 0}, {0, 1}, {diagonal, diagonal}, {diagonal, -diagonal}}};
  const auto [ax, ay] = axes[static_cast<std::size_t>(direction)];
  const double along = dx * ax + dy * ay, across = dy * ax - dx * ay;
  const auto fall = [&](double length, double width) { return std::exp(-std::pow(std::hypot(along / length, across / width), kLaw)); };
  return {fall(kAlong, kAcross), kOwn * fall(kOwnAlong, kOwnAcross) + kFlat};
}

/// Color of pixel (dx, dy) from site `s`, as the cell of `s` calls it: the next cell has the other one beside its middle.
constexpr CellColor xtrans_color(int s, int dx, int dy) {
  const CellPlace place = cell_place(s, dx, dy);
  const CellColor color = cell_color(place.site % 3, place.site / 3);
  if (color == CellColor::kGreen || (place.across + place.down) % 2 == 0) return color;
  return color == CellColor::kBeside ? CellColor::kAbove : CellColor::kBeside;
}

/// Solves a x = b for symmetric positive a, by Cholesky's decomposition, which replaces a.
inline XtransFilters::Weights solve(std::array<XtransFilters::Weights, kXtransTaps> a, XtransFilters::Weights b) {
  constexpr std::size_t n = kXtransTaps;
  for (std::size_t j = 0; j < n; j++) {
    for (std::size_t k = 0; k < j; k++) {
      for (std::size_t i = j; i < n; i++) a[i][j] -= a[i][k] * a[j][k];
    }
    const double root = std::sqrt(a[j][j]);
    for (std::size_t i = j; i < n; i++) a[i][j] /= root;
  }
  for (std::size_t i = 0; i < n; i++) {
    for (std::size_t k = 0; k < i; k++) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; k++) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

inline XtransFilters xtrans_filters(int s, int direction) {
  constexpr double kNoise = 1e-3;
  constexpr std::size_t kMiddle = kXtransTaps / 2;
  const auto dx = [](std::size_t tap) { return static_cast<int>(tap) % kXtransSide - kXtransReach; };
  const auto dy = [](std::size_t tap) { return static_cast<int>(tap) / kXtransSide - kXtransReach; };
  const auto color = [&](std::size_t tap) { return xtrans_color(s, dx(tap), dy(tap)); };
  std::array<XtransFilters::Weights, kXtransTaps> covariance{};
  std::array<XtransFilters::Weights, 3> with_color{};
  for (std::size_t i = 0; i < kXtransTaps; i++) {
    for (std::size_t j = 0; j < kXtransTaps; j++) {
      const XtransCovariance c = xtrans_covariance(direction, dx(i) - dx(j), dy(i) - dy(j));
      covariance[i][j] = c.shared + (color(i) == color(j) ? c.own : 0) + (i == j ? kNoise : 0);
    }
    const XtransCovariance c = xtrans_covariance(direction, dx(i), dy(i));
    for (std::size_t wanted = 0; wanted < 3; wanted++)
      with_color[wanted][i] = c.shared + (color(i) == static_cast<CellColor>(wanted) ? c.own : 0);
  }
  XtransFilters out{};
  for (std::size_t wanted = 0; wanted < 3; wanted++) out.color[wanted] = solve(covariance, with_color[wanted]);
  XtransFilters::Weights middle{};
  middle[kMiddle] = 1;
  out.surprise = solve(covariance, middle);
  const double precision = out.surprise[kMiddle];  // the inverse of the variance left when the others are known
  for (double& weight : out.surprise) weight /= std::sqrt(precision);
  return out;
}

}  // namespace argent::stages
