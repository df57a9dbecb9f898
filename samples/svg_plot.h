// samples/svg_plot.h - plots as SVG, for pages that stand alone: what does not move needs no script.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

namespace argent {

enum class PlotScale { kLinear, kLogarithmic };

struct PlotAxis {
  std::string title;
  PlotScale scale = PlotScale::kLinear;
};

enum class PlotMark { kLine, kDashes, kDots };

struct PlotSeries {
  std::string name;  ///< in the legend; empty: not there
  PlotMark mark = PlotMark::kLine;
  std::vector<std::array<double, 2>> points;  ///< x, y; those that aren't finite, or not positive on a logarithmic axis, are left out
  std::vector<double> errors{};               ///< standard errors of y, as bars; empty: none
  std::vector<std::string> labels{};          ///< beside the points; empty: none
  int color = -1;                             ///< of the palette; -1: the series' own number
};

/// 560 x 320 units. Empty when there is no point to show.
std::string svg_plot(const PlotAxis& x, const PlotAxis& y, std::span<const PlotSeries> series);

}  // namespace argent
