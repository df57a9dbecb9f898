// calibration/synthesis/projected_grid.h - private: a plane with lines on it, as a pinhole sees it.
#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <optional>

#include "calibration/synthesis/edge_coverage.h"
#include "calibration/synthesis/test_target.h"

namespace argent {

/// A 3x3 map of homogeneous points, row-major.
using PlaneMap = std::array<double, 9>;

/// A plane of `units` x `units_high` (its first corner is 0, 0) as `place` says, to pixels.
inline PlaneMap plane_to_picture(const ChartPlace& place, Size picture, double units, double units_high) {
  constexpr double kFocal = 1.2;  // of the picture's width: about a phone's main camera
  const double turn = place.turn * std::numbers::pi / 180, tilt = place.tilt * std::numbers::pi / 180;
  const double scale = place.width / units / kFocal;  // of one unit, at distance 1
  const double c = std::cos(turn) * scale, s = std::sin(turn) * scale, focal = kFocal * picture.width;
  // x' = c u - s v, y' = s u + c v; then about the upright axis: depth 1 + sin(tilt) x', across cos(tilt) x'.
  const double mu = units / 2, mv = units_high / 2;
  const std::array<double, 3> x{c, -s, -c * mu + s * mv}, y{s, c, -s * mu - c * mv};
  const double across = std::cos(tilt), depth = std::sin(tilt), px = place.x * picture.width, py = place.y * picture.height;
  PlaneMap map{};
  for (std::size_t i = 0; i < 3; i++) {
    const double w = depth * x[i] + (i == 2 ? 1 : 0);
    map[i] = focal * across * x[i] + px * w;
    map[3 + i] = focal * y[i] + py * w;
    map[6 + i] = w;
  }
  return map;
}

inline std::array<double, 2> picture_of(const PlaneMap& map, double u, double v) {
  const double w = map[6] * u + map[7] * v + map[8];
  return {(map[0] * u + map[1] * v + map[2]) / w, (map[3] * u + map[4] * v + map[5]) / w};
}

/// The way back, by the adjugate: any scale, but of the sign that makes depth positive before the camera.
inline PlaneMap picture_to_plane(const PlaneMap& m) {
  PlaneMap out{m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
               m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
               m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]};
  const double determinant = m[0] * out[0] + m[1] * out[3] + m[2] * out[6];
  for (double& value : out) value /= determinant;
  return out;
}

/// One line of the plane, u = at or v = at, in the picture: a line again.
class ProjectedLine {
 public:
  enum class Axis { kU, kV };

  ProjectedLine(const PlaneMap& to_plane, Axis axis, double at) {
    const std::size_t row = axis == Axis::kU ? 0 : 3;
    for (std::size_t i = 0; i < 3; i++) line_[i] = to_plane[row + i] - at * to_plane[6 + i];
    const double length = std::hypot(line_[0], line_[1]);
    for (double& value : line_) value /= length;
  }

  /// Pixels, positive where u (or v) is larger.
  double distance(double x, double y) const { return line_[0] * x + line_[1] * y + line_[2]; }

  /// The share of the pixel where u (or v) is larger.
  double beyond(double x, double y, double blur) const {
    const double d = distance(x, y), far = 0.7072 + 5.5 * blur;  // half a pixel's diagonal, and the tail
    if (d > far) return 1;
    if (d < -far) return 0;
    return EdgeCoverage(line_[0], line_[1], blur)(d);
  }

 private:
  std::array<double, 3> line_{};
};

/// A rectangle of the plane. Its sides are exact; its corners, too, where it lies upright, and to the blur's square over theirs otherwise.
class ProjectedRectangle {
 public:
  ProjectedRectangle(const PlaneMap& to_plane, double left, double top, double right, double bottom)
      : left_(to_plane, ProjectedLine::Axis::kU, left),
        right_(to_plane, ProjectedLine::Axis::kU, right),
        top_(to_plane, ProjectedLine::Axis::kV, top),
        bottom_(to_plane, ProjectedLine::Axis::kV, bottom) {}

  /// 0..1 of the pixel.
  double cover(double x, double y, double blur) const {
    const double across = left_.beyond(x, y, blur) - right_.beyond(x, y, blur);
    return across <= 0 ? 0 : across * (top_.beyond(x, y, blur) - bottom_.beyond(x, y, blur));
  }

 private:
  ProjectedLine left_, right_, top_, bottom_;
};

}  // namespace argent
