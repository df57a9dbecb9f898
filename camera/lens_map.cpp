#include "camera/lens_map.h"

#include <cmath>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

using Axis = float LensMap::Point::*;

float along(const std::vector<LensMap::Point>& points, Axis from, Axis to, float at) {
  const bool rising = points[1].*from > points[0].*from;
  std::size_t i = 1;
  while (i + 1 < points.size() && (rising ? at > points[i].*from : at < points[i].*from)) i++;
  const LensMap::Point &a = points[i - 1], &b = points[i];
  return a.*to + (at - a.*from) / (b.*from - a.*from) * (b.*to - a.*to);
}

}  // namespace

LensMap::LensMap(std::vector<Point> points) : points_(std::move(points)) {
  if (points_.size() < 2) throw Error("a lens needs at least 2 points of dioptres and code, found " + std::to_string(points_.size()));
  const bool rising = points_[1].code > points_[0].code;
  for (std::size_t i = 1; i < points_.size(); i++) {
    const Point &a = points_[i - 1], &b = points_[i];
    const bool fits = b.dioptres > a.dioptres && (rising ? b.code > a.code : b.code < a.code);
    if (!fits) throw Error("the points of a lens must rise in dioptres, and their codes rise or fall throughout");
  }
}

int LensMap::code(float dioptres) const { return static_cast<int>(std::lround(along(points_, &Point::dioptres, &Point::code, dioptres))); }

float LensMap::dioptres(int code) const { return along(points_, &Point::code, &Point::dioptres, static_cast<float>(code)); }

LensMap assumed_lens_map(int min_code, int max_code) {
  return LensMap({{0, static_cast<float>(min_code)}, {10, static_cast<float>(max_code)}});
}

}  // namespace argent
