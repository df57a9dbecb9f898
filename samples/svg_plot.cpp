#include "samples/svg_plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "samples/plot_page.h"

namespace argent {
namespace {

constexpr double kWidth = 560, kHeight = 320, kLeft = 62, kRight = 14, kTop = 12, kBottom = 42;
constexpr std::array kColors{"#06c", "#c60", "#093", "#909", "#c03", "#666", "#0aa", "#850"};

template <class... Values>
std::string formatted(const char* format, Values... values) {
  char text[320];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

/// From numbers to a place on the paper.
class Axis {
 public:
  Axis(PlotScale scale, double from, double to) : scale_(scale), from_(from), to_(to) {}

  bool shows(double v) const { return std::isfinite(v) && (scale_ == PlotScale::kLinear || v > 0); }
  void include(double v) {
    if (!shows(v)) return;
    low_ = std::min(low_, inner(v));
    high_ = std::max(high_, inner(v));
  }
  bool is_empty() const { return !(low_ <= high_); }
  /// Some room around; a single value gets a range.
  void close() {
    const double room = high_ > low_ ? 0.04 * (high_ - low_) : std::max(0.05 * std::abs(high_), 0.05);
    low_ -= room;
    high_ += room;
  }
  double at(double v) const { return std::lerp(from_, to_, std::clamp((inner(v) - low_) / (high_ - low_), 0.0, 1.0)); }

  std::vector<double> ticks() const {
    std::vector<double> out;
    if (scale_ == PlotScale::kLogarithmic && high_ - low_ > 0.7) {
      const bool many = high_ - low_ > 4;
      for (double decade = std::floor(low_); decade <= high_; decade++) {
        for (const double mark : {1.0, 2.0, 5.0}) {
          const double v = decade + std::log10(mark);
          if (v >= low_ && v <= high_ && (mark == 1 || !many)) out.push_back(std::pow(10, v));
        }
      }
      return out;
    }
    const double range = outer(high_) - outer(low_), rough = range / 5, power = std::pow(10, std::floor(std::log10(rough)));
    double step = power;
    for (const double mark : {2.0, 5.0, 10.0}) {
      if (step < rough) step = mark * power;
    }
    for (double v = std::ceil(outer(low_) / step) * step; v <= outer(high_); v += step) out.push_back(std::abs(v) < step / 1e6 ? 0 : v);
    return out;
  }

 private:
  double inner(double v) const { return scale_ == PlotScale::kLinear ? v : std::log10(std::max(v, 1e-300)); }
  double outer(double v) const { return scale_ == PlotScale::kLinear ? v : std::pow(10, v); }

  PlotScale scale_;
  double from_, to_;
  double low_ = std::numeric_limits<double>::infinity(), high_ = -std::numeric_limits<double>::infinity();
};

std::string grid(const Axis& x, const Axis& y, const std::string& x_title, const std::string& y_title) {
  std::string out;
  for (const double v : x.ticks()) {
    out += formatted(
        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%g\" y2=\"%g\" stroke=\"#ddd\"/><text x=\"%.1f\" y=\"%g\" text-anchor=\"middle\">%.4g</text>\n",
        x.at(v), x.at(v), kTop, kHeight - kBottom, x.at(v), kHeight - kBottom + 15, v);
  }
  for (const double v : y.ticks()) {
    out += formatted(
        "<line x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/><text x=\"%g\" y=\"%.1f\" text-anchor=\"end\">%.4g</text>\n",
        kLeft, kWidth - kRight, y.at(v), y.at(v), kLeft - 5, y.at(v) + 4, v);
  }
  out += formatted("<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" fill=\"none\" stroke=\"#888\"/>\n", kLeft, kTop,
                   kWidth - kLeft - kRight, kHeight - kTop - kBottom);
  out += formatted("<text x=\"%g\" y=\"%g\" text-anchor=\"middle\">", (kLeft + kWidth - kRight) / 2, kHeight - 6) + html_of(x_title) +
         "</text>\n";
  out += formatted("<text transform=\"translate(14 %g) rotate(-90)\" text-anchor=\"middle\">", (kTop + kHeight - kBottom) / 2) +
         html_of(y_title) + "</text>\n";
  return out;
}

std::string line_of(const PlotSeries& series, const Axis& x, const Axis& y, const char* color) {
  std::string places;
  for (const auto& [px, py] : series.points) {
    if (x.shows(px) && y.shows(py)) places += formatted("%.1f,%.1f ", x.at(px), y.at(py));
  }
  return formatted("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\"%s points=\"", color,
                   series.mark == PlotMark::kDashes ? " stroke-dasharray=\"5 4\"" : "") +
         places + "\"/>\n";
}

std::string dots_of(const PlotSeries& series, const Axis& x, const Axis& y, const char* color) {
  std::string out;
  for (std::size_t i = 0; i < series.points.size(); i++) {
    const auto [px, py] = series.points[i];
    if (!x.shows(px) || !y.shows(py)) continue;
    if (i < series.errors.size() && std::isfinite(series.errors[i]) && y.shows(py - series.errors[i])) {
      out += formatted("<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", x.at(px), x.at(px),
                       y.at(py - series.errors[i]), y.at(py + series.errors[i]), color);
    }
    out += formatted("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.8\" fill=\"%s\"/>\n", x.at(px), y.at(py), color);
    if (i < series.labels.size())
      out += formatted("<text x=\"%.1f\" y=\"%.1f\" fill=\"#333\">", x.at(px) + 5, y.at(py) - 5) + html_of(series.labels[i]) + "</text>\n";
  }
  return out;
}

const char* color_of(std::span<const PlotSeries> series, std::size_t i) {
  return kColors[(series[i].color >= 0 ? static_cast<std::size_t>(series[i].color) : i) % kColors.size()];
}

struct Corner {
  bool right = false, bottom = false;
};

/// Where a legend hides least.
Corner emptiest_corner(std::span<const PlotSeries> series, const Axis& x, const Axis& y) {
  constexpr std::array<Corner, 4> kCorners{{{false, false}, {true, false}, {false, true}, {true, true}}};
  std::array<int, 4> hidden{};
  for (const PlotSeries& one : series) {
    for (const auto& [px, py] : one.points) {
      if (!x.shows(px) || !y.shows(py)) continue;
      const double u = (x.at(px) - kLeft) / (kWidth - kLeft - kRight), v = (y.at(py) - kTop) / (kHeight - kTop - kBottom);
      for (std::size_t i = 0; i < 4; i++) hidden[i] += (kCorners[i].right ? u > 0.6 : u < 0.4) && (kCorners[i].bottom ? v > 0.6 : v < 0.4);
    }
  }
  return kCorners[static_cast<std::size_t>(std::min_element(hidden.begin(), hidden.end()) - hidden.begin())];
}

std::string legend_of(std::span<const PlotSeries> series, Corner corner) {
  const auto lines = std::count_if(series.begin(), series.end(), [](const PlotSeries& one) { return !one.name.empty(); });
  double line = corner.bottom ? kHeight - kBottom - 8 - 15 * static_cast<double>(lines - 1) : kTop + 16;
  std::string out;
  for (std::size_t i = 0; i < series.size(); i++) {
    if (series[i].name.empty()) continue;
    out += formatted("<text x=\"%g\" y=\"%g\" fill=\"%s\" font-weight=\"600\" text-anchor=\"%s\">",
                     corner.right ? kWidth - kRight - 9 : kLeft + 9, line, color_of(series, i), corner.right ? "end" : "start") +
           html_of(series[i].name) + "</text>\n";
    line += 15;
  }
  return out;
}

}  // namespace

std::string svg_plot(const PlotAxis& x_axis, const PlotAxis& y_axis, std::span<const PlotSeries> series) {
  Axis x(x_axis.scale, kLeft, kWidth - kRight), y(y_axis.scale, kHeight - kBottom, kTop);
  for (const PlotSeries& one : series) {
    for (const auto& [px, py] : one.points) {
      if (!x.shows(px) || !y.shows(py)) continue;
      x.include(px);
      y.include(py);
    }
  }
  if (x.is_empty() || y.is_empty()) return {};
  x.close();
  y.close();
  std::string out = formatted(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" font-family=\"sans-serif\" font-size=\"12\">\n", kWidth, kHeight);
  out += grid(x, y, x_axis.title, y_axis.title);
  for (std::size_t i = 0; i < series.size(); i++) {
    const char* color = color_of(series, i);
    out += series[i].mark == PlotMark::kDots ? dots_of(series[i], x, y, color) : line_of(series[i], x, y, color);
  }
  out += legend_of(series, emptiest_corner(series, x, y));
  return out + "</svg>\n";
}

}  // namespace argent
