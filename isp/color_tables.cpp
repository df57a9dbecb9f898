#include "isp/color_tables.h"

#include <algorithm>
#include <cstddef>

#include "models/runtime/error.h"

namespace argent {

using Halide::Runtime::Buffer;

MapInputs inputs_of(const HueSatTable& table, TableEncoding encoding) {
  if (table.hues == 0) {
    MapInputs none{Buffer<float>(3, 2, 2, 2), 0};
    none.table.fill(0);
    return none;
  }
  const std::size_t nodes = std::size_t(table.hues) * std::size_t(table.saturations) * std::size_t(table.values);
  if (table.hues < 0 || table.saturations < 2 || table.values < 1 || table.nodes.size() != nodes) {
    throw Error("a color profile's table of ", table.hues, " x ", table.saturations, " x ", table.values, " has ", table.nodes.size(),
                " nodes");
  }
  // The circle of hues is closed, and values have two ends: the kernel never asks whether.
  const int values = std::max(table.values, 2);
  MapInputs out{Buffer<float>(3, table.saturations, table.hues + 1, values), encoding == TableEncoding::kSrgb && table.values > 1 ? 2 : 1};
  for (int v = 0; v < values; v++) {
    for (int h = 0; h <= table.hues; h++) {
      for (int s = 0; s < table.saturations; s++) {
        const int row = std::min(v, table.values - 1) * table.hues + h % table.hues;
        const HueSatTable::Node& node = table.nodes[static_cast<std::size_t>(row * table.saturations + s)];
        out.table(0, s, h, v) = node.hue_shift / 60;
        out.table(1, s, h, v) = node.saturation_scale;
        out.table(2, s, h, v) = node.value_scale;
      }
    }
  }
  return out;
}

LutInputs inputs_of(const Lut3d* lut) {
  LutInputs out;
  out.domain = Buffer<float>(3, 2);
  out.domain.fill(0);
  if (lut == nullptr) {
    out.table = Buffer<float>(3, 2, 2, 2);
    out.table.fill(0);
    return out;
  }
  out.given = 1;
  // Halide's inputs are not const; the kernel only reads them.
  out.table = Buffer<float>(const_cast<float*>(lut->nodes.front().data()), 3, lut->size, lut->size, lut->size);
  for (int i = 0; i < 3; i++) {
    const auto c = static_cast<std::size_t>(i);
    out.domain(i, 0) = lut->domain_min[c];
    out.domain(i, 1) = static_cast<float>(lut->size - 1) / (lut->domain_max[c] - lut->domain_min[c]);
  }
  return out;
}

/// The tridiagonal system of a natural spline, by elimination (de Boor 1978, chapter IV).
ProfileCurve::ProfileCurve(std::span<const std::array<float, 2>> points) : points_(points), bends_(points.size()) {
  const auto falls = [](const auto& a, const auto& b) { return !(a[0] < b[0]); };
  if (points.size() < 2 || std::adjacent_find(points.begin(), points.end(), falls) != points.end()) {
    throw Error("a color profile's curve of ", points.size(), " points does not rise");
  }
  std::vector<double> above(points.size());
  for (std::size_t i = 1; i + 1 < points.size(); i++) {
    const double before = double(points[i][0]) - points[i - 1][0], after = double(points[i + 1][0]) - points[i][0];
    const double slope_before = (double(points[i][1]) - points[i - 1][1]) / before;
    const double slope_after = (double(points[i + 1][1]) - points[i][1]) / after;
    const double pivot = 2 * (before + after) - before * above[i - 1];
    above[i] = after / pivot;
    bends_[i] = (6 * (slope_after - slope_before) - before * bends_[i - 1]) / pivot;
  }
  for (std::size_t i = points.size() - 1; i-- > 1;) bends_[i] -= above[i] * bends_[i + 1];
}

double ProfileCurve::operator()(double light) const {
  const double x = std::clamp(light, 0.0, 1.0);
  const auto after = std::upper_bound(points_.begin() + 1, points_.end() - 1, x, [](double v, const auto& p) { return v < p[0]; });
  const auto i = static_cast<std::size_t>(after - points_.begin());
  const double x0 = points_[i - 1][0], x1 = points_[i][0], width = x1 - x0, a = (x1 - x) / width, b = (x - x0) / width;
  const double y =
      a * points_[i - 1][1] + b * points_[i][1] + ((a * a * a - a) * bends_[i - 1] + (b * b * b - b) * bends_[i]) * width * width / 6;
  return std::clamp(y, 0.0, 1.0);
}

}  // namespace argent
