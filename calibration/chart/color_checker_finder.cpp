// find_color_checker: proposals by OpenCV's mcc module, each moved onto the squares that are there, judged by their colors.
#include <algorithm>
#include <cmath>
#include <opencv2/calib3d.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/mcc.hpp>

#include "calibration/chart/checker_layout.h"
#include "calibration/chart/color_checker.h"
#include "calibration/opencv_mat.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using Point = cv::Point2d;

constexpr float kSure = 0.8f, kLeast = 0.65f;  // confidence: no further search; a chart at all
constexpr float kWorthMoving = 0.25f;          // explained share of a proposal that may be a chart not quite in place
constexpr std::size_t kMostProposals = 3;      // of one view
constexpr int kShorterSide = 1000;             // pixels of what the detector sees: its parameters are in pixels
constexpr double kBrightest = 0.995;           // the share of pixels that a tone curve leaves below white

/// A part of the picture, and with how many of the tone curves the detector sees it.
struct View {
  cv::Rect part;
  std::size_t tones;
};

/// How a view is shown to the detector: levels from 0 to what `below_white` of its pixels are below become 0..255 by a power law.
struct Tone {
  double below_white, exponent;
};
/// The second for charts in the shade before a bright scene, the third for charts that are themselves the bright thing.
constexpr std::array<Tone, 3> kTones{{{kBrightest, 1 / 2.2}, {0.95, 1 / 2.2}, {kBrightest, 1}}};

/// The whole picture, then 2x2 overlapping parts of two thirds, then 3x3 of half its sides: small charts in large pictures.
std::vector<View> views(Size size, ChartSearch search) {
  const cv::Rect whole(0, 0, size.width, size.height);
  if (search == ChartSearch::kQuick) return {{whole, 2}};
  std::vector<View> out{{whole, 3}};
  for (int parts = 2; parts <= 3; parts++) {
    const int width = size.width * 2 / (parts + 1), height = size.height * 2 / (parts + 1);
    for (int row = 0; row < parts; row++) {
      for (int column = 0; column < parts; column++) {
        const cv::Point corner((size.width - width) * column / (parts - 1), (size.height - height) * row / (parts - 1));
        out.push_back({{corner, cv::Size(width, height)}, parts == 2 ? 2u : 1u});
      }
    }
  }
  return out;
}

double quantile(std::vector<float> values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// One view as BGR floats, grey on average, of the size that the detector likes.
cv::Mat3f balanced_view(const cv::Mat& linear, const cv::Rect& view, double scale) {
  cv::Mat3f out;
  cv::resize(linear(view), out, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  const cv::Scalar mean = cv::mean(out);
  const cv::Scalar gains{mean[1] / std::max(mean[0], 1e-6), 1, mean[1] / std::max(mean[2], 1e-6)};
  cv::multiply(out, gains, out);
  cv::cvtColor(out, out, cv::COLOR_RGB2BGR);
  return out;
}

cv::Mat3b toned(const cv::Mat3f& view, const Tone& tone) {
  std::vector<float> brightest;
  for (const cv::Vec3f& pixel : view) brightest.push_back(std::max({pixel[0], pixel[1], pixel[2]}));
  const double white = std::max(1e-6, quantile(std::move(brightest), tone.below_white));
  cv::Mat3b out(view.size());
  std::transform(view.begin(), view.end(), out.begin(), [&](const cv::Vec3f& pixel) {
    cv::Vec3b code;
    for (int c = 0; c < 3; c++) code[c] = static_cast<uchar>(255 * std::pow(std::clamp(pixel[c] / white, 0.0, 1.0), tone.exponent));
    return code;
  });
  return out;
}

/// Boxes in pixels of the shown picture, in an order that does not depend on the detector's threads.
std::vector<std::array<Point, 4>> detected_boxes(const cv::Mat3b& shown) {
  const auto detector = cv::mcc::CCheckerDetector::create();
  const auto parameters = cv::mcc::DetectorParameters::create();
  parameters->minInterCheckerDistance = 0;  // all proposals: they are judged here
  parameters->minImageSize = kShorterSide;
  std::vector<std::array<Point, 4>> boxes;
  constexpr int kMostBoxes = 64;
  if (!detector->process(shown, cv::mcc::MCC24, kMostBoxes, false, parameters)) return boxes;
  for (const auto& checker : detector->getListColorChecker()) {
    const std::vector<cv::Point2f> box = checker->getBox();
    if (box.size() == 4) boxes.push_back({box[0], box[1], box[2], box[3]});
  }
  std::sort(boxes.begin(), boxes.end(), [](const auto& a, const auto& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](Point p, Point q) { return std::pair(p.x, p.y) < std::pair(q.x, q.y); });
  });
  return boxes;
}

// ---- moving a chart onto the squares --------------------------------------------------------------------------------------------------

constexpr double kPitch = 32;    // pixels of the flattened chart between patches' centers
constexpr double kMargin = 0.5;  // of it, in pitches

/// From the plane of the chart to the flattened picture.
Point flat_of(Point p) { return (p + Point(kMargin, kMargin)) * kPitch; }
Point chart_of(Point p) { return p / kPitch - Point(kMargin, kMargin); }

/// The chart seen from the front, balanced so that its channels weigh alike.
cv::Mat3f flattened(const cv::Mat& linear, const Homography& chart) {
  const cv::Matx33d to_chart(1 / kPitch, 0, -kMargin, 0, 1 / kPitch, -kMargin, 0, 0, 1);
  // warpPerspective counts from pixels' centers, homographies here from corners.
  const cv::Matx33d to_corner(1, 0, 0.5, 0, 1, 0.5, 0, 0, 1), to_center(1, 0, -0.5, 0, 1, -0.5, 0, 0, 1);
  const cv::Size size(static_cast<int>((ColorChecker::kColumns + 2 * kMargin) * kPitch),
                      static_cast<int>((ColorChecker::kRows + 2 * kMargin) * kPitch));
  cv::Mat3f out;
  cv::warpPerspective(linear, out, to_center * chart.matrix * to_chart * to_corner, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                      cv::BORDER_REPLICATE);
  cv::blur(out, out, {3, 3});
  const cv::Scalar mean = cv::mean(out);
  cv::multiply(out, cv::Scalar(1 / std::max(mean[0], 1e-6), 1 / std::max(mean[1], 1e-6), 1 / std::max(mean[2], 1e-6)), out);
  return out;
}

cv::Vec3f median_color(const cv::Mat3f& area) {
  cv::Vec3f out;
  for (int c = 0; c < 3; c++) {
    std::vector<float> values;
    for (const cv::Vec3f& pixel : area) values.push_back(pixel[c]);
    out[c] = static_cast<float>(quantile(std::move(values), 0.5));
  }
  return out;
}

/// The center of the square of one color around the place where a patch should be; nullopt when what is there has not a patch's size.
std::optional<Point> square_near(const cv::Mat3f& flat, Point expected) {
  const Point center = flat_of(expected);
  const auto area = [&](double side) {
    const cv::Point corner(static_cast<int>(center.x - side * kPitch / 2), static_cast<int>(center.y - side * kPitch / 2));
    return cv::Rect(corner, cv::Size(static_cast<int>(side * kPitch), static_cast<int>(side * kPitch))) & cv::Rect({}, flat.size());
  };
  const cv::Rect window = area(1.4), seed = area(0.3);
  const cv::Vec3f color = median_color(flat(seed));
  const float tolerance = 0.18f * std::max({color[0], color[1], color[2]}) + 0.02f;  // of the chart's mean
  cv::Mat1b alike(window.size());
  for (int y = 0; y < window.height; y++) {
    for (int x = 0; x < window.width; x++) {
      const cv::Vec3f difference = flat(window.y + y, window.x + x) - color;
      alike(y, x) = std::max({std::abs(difference[0]), std::abs(difference[1]), std::abs(difference[2])}) <= tolerance;
    }
  }
  cv::Mat labels, boxes, centers;
  cv::connectedComponentsWithStats(alike, labels, boxes, centers, 4);
  const int label = labels.at<int>(seed.y + seed.height / 2 - window.y, seed.x + seed.width / 2 - window.x);
  if (label == 0) return std::nullopt;
  constexpr double kSide = kPatchSide * kPitch;
  const auto fits = [&](int kind) { return boxes.at<int>(label, kind) > 0.6 * kSide && boxes.at<int>(label, kind) < 1.2 * kSide; };
  if (!fits(cv::CC_STAT_WIDTH) || !fits(cv::CC_STAT_HEIGHT) || boxes.at<int>(label, cv::CC_STAT_AREA) < 0.4 * kSide * kSide) {
    return std::nullopt;
  }
  return chart_of({window.x + centers.at<double>(label, 0) + 0.5, window.y + centers.at<double>(label, 1) + 0.5});
}

/// The same chart, its patches moved to where squares are. Unchanged when too few are seen.
Homography moved_onto_squares(const cv::Mat& linear, Homography chart) {
  constexpr int kRounds = 3;
  constexpr std::size_t kLeastSquares = 10;
  constexpr double kFarOff = 0.12;  // pitches
  for (int round = 0; round < kRounds; round++) {
    const cv::Mat3f flat = flattened(linear, chart);
    std::vector<Point> from, to;
    for (std::size_t i = 0; i < ColorChecker::kPatches; i++) {
      if (const auto center = square_near(flat, patch_center(i))) from.push_back(patch_center(i)), to.push_back(*center);
    }
    if (from.size() < kLeastSquares) break;
    const cv::Mat correction = cv::findHomography(from, to, cv::RANSAC, kFarOff);
    if (correction.empty()) break;
    chart.matrix = chart.matrix * cv::Matx33d(correction);
    chart.matrix *= 1 / chart.matrix(2, 2);
  }
  return chart;
}

// ---- the search -----------------------------------------------------------------------------------------------------------------------

struct Candidate {
  Homography chart;
  float share = 0;
};

/// The orders of a box's corners that may be charts, best first.
std::vector<Candidate> candidates_of(const SensorPicture& picture, const std::vector<std::array<Point, 4>>& boxes) {
  std::vector<Candidate> out;
  for (std::array<Point, 4> box : boxes) {
    for (int turn = 0; turn < 4; turn++, std::rotate(box.begin(), box.begin() + 1, box.end())) {
      const Homography chart = homography_of(box);
      if (!lies_inside(chart, picture.linear.size())) continue;
      const float share = explained_share(read_checker(picture, chart).patches);
      if (share >= kWorthMoving) out.push_back({chart, share});
    }
  }
  std::sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) { return a.share > b.share; });
  if (out.size() > kMostProposals) out.resize(kMostProposals);
  return out;
}

ColorChecker surest_of(const SensorPicture& picture, ChartSearch search) {
  const cv::Mat linear = as_mat(picture.linear);
  ColorChecker best;
  for (const View& view : views(picture.linear.size(), search)) {
    const double scale = double(kShorterSide) / std::min(view.part.width, view.part.height);
    const cv::Mat3f balanced = balanced_view(linear, view.part, scale);
    for (std::size_t tone = 0; tone < view.tones; tone++) {
      std::vector<std::array<Point, 4>> boxes = detected_boxes(toned(balanced, kTones[tone]));
      for (auto& box : boxes) {
        for (Point& corner : box) corner = corner / scale + Point(view.part.tl());
      }
      for (const Candidate& candidate : candidates_of(picture, boxes)) {
        const Homography chart = moved_onto_squares(linear, candidate.chart);
        if (!lies_inside(chart, picture.linear.size())) continue;
        ColorChecker found = read_checker(picture, chart);
        if (found.confidence > best.confidence) best = std::move(found);
      }
      if (best.confidence >= kSure) return best;
    }
  }
  return best;
}

}  // namespace

std::optional<ColorChecker> find_color_checker(const SensorPicture& picture, ChartSearch search) {
  // Less has no room for 24 patches with quads inside; and what is far from square would be blown up without end.
  constexpr int kLeastSide = 24, kMostElongated = 16;
  const int shorter = std::min(picture.linear.width(), picture.linear.height());
  const int longer = std::max(picture.linear.width(), picture.linear.height());
  if (shorter < kLeastSide || longer / shorter > kMostElongated) return std::nullopt;
  try {
    ColorChecker best = surest_of(picture, search);
    if (best.confidence < kLeast) return std::nullopt;
    return best;
  } catch (const cv::Exception& error) {
    throw Error("looking for a color chart: OpenCV: ", error.err);
  }
}

}  // namespace argent
