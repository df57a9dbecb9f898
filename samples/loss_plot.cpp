#include "samples/loss_plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace argent {
namespace {

constexpr double kWidth = 640, kHeight = 320, kLeft = 52, kRight = 12, kTop = 24, kBottom = 40;
constexpr double kLeast = 1e-12;
constexpr const char* kColors[] = {"#06c", "#c60", "#093", "#909", "#c03", "#666"};
constexpr std::size_t kPoints = 600;  // more would not be seen: means of neighbors are drawn

template <class... Values>
std::string formatted(const char* format, Values... values) {
  char text[240];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

/// log10 of the means of at most kPoints stretches.
std::vector<double> logs_of(const std::vector<double>& losses) {
  const std::size_t points = std::min(kPoints, losses.size());
  std::vector<double> logs;
  for (std::size_t i = 0; i < points; i++) {
    const std::size_t first = i * losses.size() / points, end = (i + 1) * losses.size() / points;
    double sum = 0;
    for (std::size_t k = first; k < end; k++) sum += losses[k];
    logs.push_back(std::log10(std::max(sum / static_cast<double>(end - first), kLeast)));
  }
  return logs;
}

}  // namespace

std::string loss_plot(std::span<const LossCurve> curves) {
  std::vector<std::vector<double>> all;
  double low = INFINITY, high = -INFINITY;
  std::size_t steps = 0;
  for (const LossCurve& curve : curves) {
    all.push_back(logs_of(curve.losses));
    for (double log : all.back()) low = std::min(low, log), high = std::max(high, log);
    steps = std::max(steps, curve.losses.size());
  }
  if (steps < 2) return {};
  const double bottom = low - 0.05, top = high + 0.05;
  // Where a decade fills the picture it takes more lines than where many do.
  static constexpr double kMarks[] = {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8}, kFewMarks[] = {1, 2, 5}, kDecades[] = {1};
  const std::span<const double> marks = top - bottom < 1.2 ? std::span<const double>(kMarks)
                                        : top - bottom < 3 ? std::span<const double>(kFewMarks)
                                                           : std::span<const double>(kDecades);
  const auto y = [&](double log) { return kHeight - kBottom - (kHeight - kTop - kBottom) * (log - bottom) / (top - bottom); };
  std::string svg = formatted(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" font-family=\"sans-serif\" font-size=\"12\">\n", kWidth, kHeight);
  for (double decade = std::floor(bottom); decade <= top; decade++) {
    for (double mark : marks) {
      const double log = decade + std::log10(mark);
      if (log < bottom || log > top) continue;
      svg += formatted("<line x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/><text x=\"4\" y=\"%.1f\">%g</text>\n", kLeft,
                       kWidth - kRight, y(log), y(log), y(log) + 4, mark * std::pow(10, decade));
    }
  }
  for (std::size_t c = 0; c < all.size(); c++) {
    if (all[c].size() < 2) continue;
    const char* color = kColors[c % std::size(kColors)];
    svg += formatted("<polyline fill=\"none\" stroke=\"%s\" points=\"", color);
    for (std::size_t i = 0; i < all[c].size(); i++) {
      const double x = kLeft + (kWidth - kLeft - kRight) * static_cast<double>(i) / static_cast<double>(all[c].size() - 1);
      svg += formatted("%.1f,%.1f ", x, y(all[c][i]));
    }
    svg += formatted("\"/>\n<text x=\"%g\" y=\"16\" fill=\"%s\">%.60s</text>\n", kLeft + 140 * static_cast<double>(c), color,
                     curves[c].name.c_str());
  }
  return svg + formatted("<text x=\"%g\" y=\"%g\">loss over up to %zu steps</text>\n</svg>\n", kLeft, kHeight - 12, steps);
}

}  // namespace argent
