// calibration/chart/color_checker.h - the ColorChecker Classic in a frame: where its patches are, what the sensor saw of them.
//
//   const SensorPicture picture = sensor_picture(frame, pool);
//   if (const auto checker = find_color_checker(picture)) { const Illuminant light = light_of(*checker); ... }
//
// Patches are numbered as the maker does: row by row from dark skin (0) to black (23); 18 to 23 are the greys from white to black.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "aaa/illuminant.h"
#include "calibration/chart/sensor_picture.h"

namespace argent {

using Quadrilateral = std::array<PlaneFraction, 4>;

struct CheckerPatch {
  Quadrilateral corners{};  ///< of the whole patch: the corners that are upper left, upper right, lower right, lower left on the chart
  Vec3 mean{};              ///< linear sensor RGB, 0 = black level, 1 = saturation; of the inner 60 % along each side
  Vec3 deviation{};         ///< standard deviation of the same pixels
  int pixels = 0;           ///< of the sensor picture, in that inner part
  float clipped = 0;        ///< fraction of them with a code at saturation, 0..1
};

struct ColorChecker {
  static constexpr int kColumns = 6, kRows = 4;
  static constexpr std::size_t kPatches = 24, kFirstGrey = 18, kBlack = 23;

  Quadrilateral corners{};  ///< outer corners of the patches 0, 5, 23, 18
  std::array<CheckerPatch, kPatches> patches{};
  /// 0..1: the share of the patches' variance that a 3x3 matrix, flare and a slope of brightness explain (adjusted for the number of
  /// parameters), times the share of the patches that are even squares in their places. Charts have more than 0.9, those with a glare on
  /// them more than 0.8; the best of what is no chart had 0.52.
  float confidence = 0;
};

/// A patch with more clipped pixels than this is not used for anything.
inline constexpr float kMostClipped = 0.01f;

enum class ChartSearch {
  kThorough,  ///< for charts whose length is at least a twelfth of the picture's width
  kQuick,     ///< a quarter: the picture as a whole alone. Where there is none, in a tenth of the time
};

/// The chart wherever and however turned it is, when all of it is in the picture and it is large enough for the search; nullopt when there
/// is none, or none sure enough (confidence below 0.65). Of several the one most sure of.
/// Proposals come from OpenCV's mcc module (Fernández et al.: squares by adaptive threshold, grouped), of the whole picture and of
/// overlapping parts of it, at several tone curves; each is then moved onto the squares that are there and judged by their colors.
/// Same picture, same answer. Throws Error when OpenCV fails.
std::optional<ColorChecker> find_color_checker(const SensorPicture& picture, ChartSearch search = ChartSearch::kThorough);

/// Placed by hand: `corners` are the outer corners of the patches 0, 5, 23, 18, and stay as they are. The confidence is that of what is
/// there. Throws Error unless they span a convex quadrilateral inside the picture, in which each patch has some pixels.
ColorChecker place_color_checker(const SensorPicture& picture, const Quadrilateral& corners);

/// The light by the greys that are neither black nor clipped, after their own tints were taken off, each weighted by its level: the inverse
/// variance under shot noise. Covariance: of one grey, by their scatter about the mean, and at least 0.5 % a channel: what the print of a
/// chart's greys differs by. Evidence 0: no grey is usable; else 1.
Illuminant light_of(const ColorChecker& checker);

/// 1 for each of columns x rows zones, row-major, that the chart or its frame touches.
std::vector<std::uint8_t> chart_zones(const ColorChecker& checker, int columns, int rows);
/// The chart is no part of the scene: zones that it touches have no count and no level from here on.
void remove_chart(const ColorChecker& checker, Statistics& statistics);

}  // namespace argent
