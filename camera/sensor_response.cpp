#include "camera/sensor_response.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

using Axis = float GainTable::Point::*;

/// The first segment that reaches `at`.
float along(const std::vector<GainTable::Point>& points, Axis from, Axis to, float at) {
  const auto above = std::find_if(points.begin(), points.end(), [&](const GainTable::Point& point) { return point.*from >= at; });
  if (above == points.begin()) return at * (points.front().*to / points.front().*from);
  if (above == points.end()) return at * (points.back().*to / points.back().*from);
  const GainTable::Point &a = *(above - 1), &b = *above;  // a.*from < at <= b.*from
  const float share = std::log(at / a.*from) / std::log(b.*from / a.*from);
  return share == 1 ? b.*to : a.*to * std::pow(b.*to / a.*to, share);
}

}  // namespace

GainTable::GainTable(std::vector<Point> points) : points_(std::move(points)) {
  if (points_.empty()) throw Error("a gain table needs a point of asked and actual, found none");
  for (std::size_t i = 0; i < points_.size(); i++) {
    const Point& b = points_[i];
    const auto good = [](float gain) { return std::isfinite(gain) && gain > 0; };
    if (!good(b.asked) || !good(b.actual)) throw Error("a gain table holds a gain that is no positive number");
    if (i > 0 && !(b.asked > points_[i - 1].asked && b.actual >= points_[i - 1].actual))
      throw Error("the points of a gain table must rise in asked, and actual must not fall");
  }
}

float GainTable::actual(float asked) const { return along(points_, &Point::asked, &Point::actual, asked); }
float GainTable::asked(float actual) const { return along(points_, &Point::actual, &Point::asked, actual); }

}  // namespace argent
