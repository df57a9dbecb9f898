#include "calibration/chart/color_checker.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "calibration/chart/checker_layout.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using Point = cv::Point2d;

/// log R/G and log B/G of the greys from white to black beside those of a surface that reflects all wavelengths alike: mean of the 38
/// cameras of rawtoaces-data under natural light of 5000 K. Between 2856 and 6504 K they move by at most 0.006, from camera to camera by
/// 0.004 (standard deviation): a property of the chart.
struct Tint {
  float u = 0, v = 0;
};
constexpr std::array<Tint, 6> kGreyTints{
    {{0.0067f, -0.0217f}, {-0.0075f, -0.0037f}, {-0.0094f, -0.0012f}, {-0.0149f, 0.0001f}, {-0.0205f, 0.0058f}, {-0.0005f, 0.0084f}}};

/// What greys of one chart differ by, natural logarithm of R/G and B/G: no answer from it is better than this.
constexpr float kLeastDeviation = 0.005f;

/// The frame of the chart reaches this much further than its patches, in patch distances: a zone it shades is no scene either.
constexpr double kFrame = 0.35;

double cross(Point a, Point b, Point c) { return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x); }

std::array<Point, 4> corners_around(Point center, double side) {
  const double half = side / 2;
  return {{{center.x - half, center.y - half},
           {center.x + half, center.y - half},
           {center.x + half, center.y + half},
           {center.x - half, center.y + half}}};
}

struct Samples {
  std::array<std::vector<float>, 3> channels;
  int clipped = 0;
};

/// The pixels whose centers are in the inner part of a patch.
Samples samples_of(const SensorPicture& picture, const Homography& chart, const Homography& back, Point center) {
  Samples out;
  double left = picture.linear.width(), right = 0, top = picture.linear.height(), bottom = 0;
  for (const Point& corner : corners_around(center, kReadSide)) {
    const Point p = chart.at(corner);
    left = std::min(left, p.x), right = std::max(right, p.x), top = std::min(top, p.y), bottom = std::max(bottom, p.y);
  }
  const int first = std::max(0, static_cast<int>(left)), last = std::min(picture.linear.width() - 1, static_cast<int>(right));
  for (int y = std::max(0, static_cast<int>(top)); y <= std::min(picture.linear.height() - 1, static_cast<int>(bottom)); y++) {
    const float* row = picture.linear.row<float>(y);
    for (int x = first; x <= last; x++) {
      const Point p = back.at({x + 0.5, y + 0.5}) - center;
      if (std::max(std::abs(p.x), std::abs(p.y)) > kReadSide / 2) continue;
      for (std::size_t c = 0; c < 3; c++) out.channels[c].push_back(row[3 * x + static_cast<int>(c)]);
      out.clipped += picture.is_clipped(x, y);
    }
  }
  return out;
}

CheckerPatch patch_of(const SensorPicture& picture, const Homography& chart, const Homography& back, Point center) {
  CheckerPatch patch;
  const std::array<Point, 4> corners = corners_around(center, kPatchSide);
  for (std::size_t i = 0; i < 4; i++) {
    const Point p = chart.at(corners[i]);
    patch.corners[i] = picture.place_of(p.x, p.y);
  }
  const Samples samples = samples_of(picture, chart, back, center);
  patch.pixels = static_cast<int>(samples.channels[0].size());
  if (patch.pixels == 0) return patch;
  patch.clipped = static_cast<float>(samples.clipped) / static_cast<float>(patch.pixels);
  for (std::size_t c = 0; c < 3; c++) {
    double sum = 0, squares = 0;
    for (const float value : samples.channels[c]) sum += value, squares += double(value) * value;
    const double mean = sum / patch.pixels;
    patch.mean[c] = static_cast<float>(mean);
    patch.deviation[c] = static_cast<float>(std::sqrt(std::max(0.0, squares / patch.pixels - mean * mean)));
  }
  return patch;
}

}  // namespace

Homography homography_of(const std::array<Point, 4>& pixels) {
  std::array<cv::Point2f, 4> from, to;
  const std::array<Point, 4> corners = chart_corners();
  for (std::size_t i = 0; i < 4; i++) from[i] = corners[i], to[i] = pixels[i];
  return {cv::Matx33d(cv::getPerspectiveTransform(from.data(), to.data()))};
}

bool lies_inside(const Homography& chart, Size picture) {
  std::array<Point, 4> at;
  const std::array<Point, 4> corners = chart_corners();
  for (std::size_t i = 0; i < 4; i++) {
    if (!(chart.depth(corners[i]) * chart.depth(corners[0]) > 0)) return false;
    at[i] = chart.at(corners[i]);
    if (!(at[i].x >= 0 && at[i].y >= 0 && at[i].x <= picture.width && at[i].y <= picture.height)) return false;
  }
  for (std::size_t i = 0; i < 4; i++) {
    if (!(cross(at[i], at[(i + 1) % 4], at[(i + 2) % 4]) > 0)) return false;
  }
  return true;
}

ColorChecker read_checker(const SensorPicture& picture, const Homography& chart) {
  const Homography back{chart.matrix.inv()};
  ColorChecker out;
  const std::array<Point, 4> corners = chart_corners();
  for (std::size_t i = 0; i < 4; i++) {
    const Point p = chart.at(corners[i]);
    out.corners[i] = picture.place_of(p.x, p.y);
  }
  for (std::size_t i = 0; i < ColorChecker::kPatches; i++) out.patches[i] = patch_of(picture, chart, back, patch_center(i));
  out.confidence = confidence_of(out.patches);
  return out;
}

ColorChecker place_color_checker(const SensorPicture& picture, const Quadrilateral& corners) {
  std::array<Point, 4> pixels;
  for (std::size_t i = 0; i < 4; i++) {
    const auto [x, y] = picture.pixel_of(corners[i]);
    pixels[i] = {x, y};
  }
  bool convex = true;
  for (std::size_t i = 0; i < 4; i++) convex &= cross(pixels[i], pixels[(i + 1) % 4], pixels[(i + 2) % 4]) > 1;
  if (!convex) throw Error("a chart by its corners, expected those of dark skin, bluish green, black, white in this order, clockwise");
  const Homography chart = homography_of(pixels);
  if (!lies_inside(chart, picture.linear.size())) throw Error("a chart by its corners that reaches beyond the frame");
  ColorChecker out = read_checker(picture, chart);
  for (const CheckerPatch& patch : out.patches) {
    if (patch.pixels < 4) throw Error("a chart by its corners with a patch of ", patch.pixels, " pixels, expected at least 4 quads");
  }
  return out;
}

Illuminant light_of(const ColorChecker& checker) {
  Illuminant out;
  double weights = 0, u = 0, v = 0, uu = 0, uv = 0, vv = 0;
  for (std::size_t i = ColorChecker::kFirstGrey; i < ColorChecker::kBlack; i++) {
    const CheckerPatch& patch = checker.patches[i];
    const auto [r, g, b] = patch.mean;
    if (patch.pixels == 0 || patch.clipped > kMostClipped || !(r > 0 && g > 0 && b > 0)) continue;
    const Tint tint = kGreyTints[i - ColorChecker::kFirstGrey];
    const double weight = g, pu = std::log(r / g) - tint.u, pv = std::log(b / g) - tint.v;
    weights += weight;
    u += weight * pu, v += weight * pv;
    uu += weight * pu * pu, uv += weight * pu * pv, vv += weight * pv * pv;
  }
  if (!(weights > 0)) return out;
  u /= weights, v /= weights;
  // The scatter of one patch, whatever their number: that they agree by chance in pairs does not make the chart better than its print.
  const double least = double(kLeastDeviation) * kLeastDeviation;
  out.mean = {static_cast<float>(u), static_cast<float>(v)};
  out.covariance = {static_cast<float>(std::max(0.0, uu / weights - u * u) + least), static_cast<float>(uv / weights - u * v),
                    static_cast<float>(std::max(0.0, vv / weights - v * v) + least)};
  out.evidence = 1;
  return out;
}

std::vector<std::uint8_t> chart_zones(const ColorChecker& checker, int columns, int rows) {
  std::array<Point, 4> places;
  for (std::size_t i = 0; i < 4; i++) places[i] = {checker.corners[i].x, checker.corners[i].y};
  const Homography chart = homography_of(places);
  const std::array<Point, 4> rim{{{-kFrame, -kFrame},
                                  {ColorChecker::kColumns + kFrame, -kFrame},
                                  {ColorChecker::kColumns + kFrame, ColorChecker::kRows + kFrame},
                                  {-kFrame, ColorChecker::kRows + kFrame}}};
  std::vector<cv::Point2f> outline;
  for (const Point& corner : rim) outline.emplace_back(chart.at(corner));
  std::vector<std::uint8_t> zones(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
  for (int y = 0; y < rows; y++) {
    for (int x = 0; x < columns; x++) {
      const auto left = static_cast<float>(x) / static_cast<float>(columns),
                 right = static_cast<float>(x + 1) / static_cast<float>(columns);
      const auto top = static_cast<float>(y) / static_cast<float>(rows), bottom = static_cast<float>(y + 1) / static_cast<float>(rows);
      const std::vector<cv::Point2f> zone{{left, top}, {right, top}, {right, bottom}, {left, bottom}};
      std::vector<cv::Point2f> overlap;
      zones[static_cast<std::size_t>(y * columns + x)] = cv::intersectConvexConvex(outline, zone, overlap) > 0;
    }
  }
  return zones;
}

void remove_chart(const ColorChecker& checker, Statistics& statistics) {
  const std::vector<std::uint8_t> zones = chart_zones(checker, statistics.columns, statistics.rows);
  for (std::size_t i = 0; i < zones.size(); i++) {
    if (zones[i]) statistics.zones[i] = {};
  }
}

}  // namespace argent
