#include "isp/profile_curve.h"

#include <algorithm>
#include <cstddef>

#include "models/runtime/error.h"

namespace argent {

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
