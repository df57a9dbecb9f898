#include "calibration/fit/dot_grid.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kFewest = 20, kFewestInQuarter = 3;
constexpr double kOutermost = 0.6, kSureInCorner = 0.3;  // of the way to the corners; pixels

using Point = std::array<double, 2>;

struct ColorFit {
  Eigen::Vector4d k;  ///< k0, k1, offset x, offset y in units of the corner's distance
  Eigen::Matrix4d covariance;
  double residual = 0;  ///< pixels
};

/// A dot's place from the middle, its corner at 1.
Point place_of(const GridDot& dot, Size active) {
  const double corner = std::hypot(active.width, active.height) / 2;
  return {(dot.x - active.width / 2.0) / corner, (dot.y - active.height / 2.0) / corner};
}

ColorFit fitted(std::span<const GridDot> dots, Size active, std::array<double, 2> GridDot::*shift) {
  const double corner = std::hypot(active.width, active.height) / 2;
  std::vector<double> weights(dots.size(), 1), errors(dots.size(), 0);
  ColorFit out;
  for (int pass = 0; pass < 12; pass++) {
    Eigen::Matrix4d normal = Eigen::Matrix4d::Zero();
    Eigen::Vector4d right = Eigen::Vector4d::Zero();
    for (std::size_t i = 0; i < dots.size(); i++) {
      const Point p = place_of(dots[i], active);
      const double r2 = p[0] * p[0] + p[1] * p[1];
      for (std::size_t axis = 0; axis < 2; axis++) {
        const Eigen::Vector4d row(p[axis], p[axis] * r2, axis == 0, axis == 1);
        normal += weights[i] * row * row.transpose();
        right += weights[i] * row * (dots[i].*shift)[axis] / corner;
      }
    }
    out.k = normal.ldlt().solve(right);
    double squares = 0, sum = 0;
    for (std::size_t i = 0; i < dots.size(); i++) {
      const Point p = place_of(dots[i], active);
      const double f = out.k[0] + out.k[1] * (p[0] * p[0] + p[1] * p[1]);
      errors[i] = std::hypot((dots[i].*shift)[0] - corner * (f * p[0] + out.k[2]), (dots[i].*shift)[1] - corner * (f * p[1] + out.k[3]));
      squares += weights[i] * errors[i] * errors[i];
      sum += weights[i];
    }
    out.residual = std::sqrt(squares / sum);
    const double each = squares / std::max(2 * sum - 4, 1.0);  // of one coordinate
    out.covariance = each / (corner * corner) * normal.inverse();
    std::vector<double> sorted = errors;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
    const double spread = std::max(sorted[sorted.size() / 2] / 1.1774, 0.003);  // of a coordinate: the median of Rayleigh's distribution
    for (std::size_t i = 0; i < dots.size(); i++) {
      const double t = errors[i] / (6 * spread);
      weights[i] = t < 1 ? (1 - t * t) * (1 - t * t) : 0;
    }
  }
  return out;
}

void check_spread(std::span<const GridDot> dots, Size active) {
  if (dots.size() < kFewest) throw Error("found ", dots.size(), " dots, expected ", kFewest, " or more");
  std::array<std::size_t, 4> quarters{};
  double farthest = 0;
  for (const GridDot& dot : dots) {
    const Point p = place_of(dot, active);
    quarters[(p[0] > 0 ? 1u : 0u) + (p[1] > 0 ? 2u : 0u)]++;
    farthest = std::max(farthest, std::hypot(p[0], p[1]));
  }
  const std::size_t fewest = *std::min_element(quarters.begin(), quarters.end());
  if (fewest < kFewestInQuarter)
    throw Error("found ", fewest, " dots in a quarter of the picture, expected ", kFewestInQuarter, " or more");
  if (farthest < kOutermost)
    throw Error("the outermost dot lies at ", std::to_string(farthest).substr(0, 4), " of the way to the corners, expected 0.6 or more");
}

}  // namespace

LateralColorFit fit_lateral_color(std::span<const GridDot> dots, Size active) {
  check_spread(dots, active);
  const double corner = std::hypot(active.width, active.height) / 2;
  LateralColorFit out;
  out.dots = static_cast<int>(dots.size());
  for (const std::size_t color : {std::size_t{0}, std::size_t{1}}) {
    const ColorFit fit = fitted(dots, active, color == 0 ? &GridDot::red : &GridDot::blue);
    (color == 0 ? out.lateral.red : out.lateral.blue) = std::array{fit.k[0], fit.k[1]};
    (color == 0 ? out.error.red : out.error.blue) = std::array{std::sqrt(fit.covariance(0, 0)), std::sqrt(fit.covariance(1, 1))};
    out.corner[color] = corner * (fit.k[0] + fit.k[1]);
    out.corner_error[color] = corner * std::sqrt(fit.covariance(0, 0) + fit.covariance(1, 1) + 2 * fit.covariance(0, 1));
    out.residual[color] = fit.residual;
    out.offset[color] = {corner * fit.k[2], corner * fit.k[3]};
    if (!(out.corner_error[color] < kSureInCorner))
      throw Error("a shift of ", color == 0 ? "red" : "blue", " in the corners uncertain by ", out.corner_error[color],
                  " pixels, expected less than 0.3");
  }
  return out;
}

GeometryParams geometry_of(const LateralColor& lateral, Size active) {
  // Means of r^2 and r^4 over the picture, r = 1 in its corners.
  const double w2 = static_cast<double>(active.width) * active.width, h2 = static_cast<double>(active.height) * active.height;
  const double a = w2 / (w2 + h2), b = h2 / (w2 + h2), second = 1 / 3.0, fourth = a * a / 5 + 2 * a * b / 9 + b * b / 5;
  const auto enlarged = [&](const std::array<double, 2>& k) { return static_cast<float>(1 / (1 + k[0] + k[1] * fourth / second)); };
  GeometryParams out;
  out.ca_red = enlarged(lateral.red);
  out.ca_blue = enlarged(lateral.blue);
  return out;
}

}  // namespace argent
