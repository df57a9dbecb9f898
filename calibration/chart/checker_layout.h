// calibration/chart/checker_layout.h - private: the plane of a ColorChecker Classic, and how it lies in a picture.
//
// Unit: the distance of neighboring patches' centers. The first patch's center is at (0.5, 0.5). A patch is 40 mm wide, the next one begins
// after 4 mm: measured on charts, and what OpenCV's mcc has (2.5 and 0.25 of its units).
#pragma once

#include <array>
#include <opencv2/core.hpp>

#include "calibration/chart/color_checker.h"

namespace argent {

inline constexpr double kPatchSide = 2.5 / 2.75;  ///< of the distance between centers
inline constexpr double kReadSide = 0.6 * kPatchSide;

inline cv::Point2d patch_center(std::size_t patch) {
  constexpr std::size_t kColumns = ColorChecker::kColumns;
  return {static_cast<double>(patch % kColumns) + 0.5, static_cast<double>(patch / kColumns) + 0.5};
}

/// The outer corners of the patches 0, 5, 23, 18.
inline std::array<cv::Point2d, 4> chart_corners() {
  constexpr double kGap = (1 - kPatchSide) / 2;
  return {{{kGap, kGap},
           {ColorChecker::kColumns - kGap, kGap},
           {ColorChecker::kColumns - kGap, ColorChecker::kRows - kGap},
           {kGap, ColorChecker::kRows - kGap}}};
}

/// A projective map of the plane. `at` is not to be asked about points on or beyond its horizon, where depth() is not positive.
struct Homography {
  cv::Matx33d matrix = cv::Matx33d::eye();

  double depth(cv::Point2d p) const { return matrix(2, 0) * p.x + matrix(2, 1) * p.y + matrix(2, 2); }
  cv::Point2d at(cv::Point2d p) const {
    const cv::Vec3d v = matrix * cv::Vec3d(p.x, p.y, 1);
    return {v[0] / v[2], v[1] / v[2]};
  }
};

/// From the chart's plane to pixels of the picture (corner coordinates). The corners must be no three on a line.
Homography homography_of(const std::array<cv::Point2d, 4>& pixels);

/// Whether the whole chart is before the horizon, turned the right way round, and inside a picture of that size.
bool lies_inside(const Homography& chart, Size picture);

/// What the sensor saw of the patches. The chart must lie inside.
ColorChecker read_checker(const SensorPicture& picture, const Homography& chart);

/// ColorChecker::confidence of these patches.
float confidence_of(const std::array<CheckerPatch, ColorChecker::kPatches>& patches);
/// Its first factor: the explained share of the patches' variance, 0..1.
float explained_share(const std::array<CheckerPatch, ColorChecker::kPatches>& patches);

}  // namespace argent
