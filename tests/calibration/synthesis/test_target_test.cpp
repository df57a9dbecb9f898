#include "calibration/synthesis/test_target.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "calibration/synthesis/edge_coverage.h"
#include "camera/spectral/reflectances.h"

namespace argent {
namespace {

/// The share of a pixel beyond an edge, by brute force: 60x60 points of the pixel, each with the Gaussian across the edge.
double brute_force(double nx, double ny, double blur, double distance) {
  constexpr int kSide = 60;
  double sum = 0;
  for (int i = 0; i < kSide; i++) {
    for (int j = 0; j < kSide; j++) {
      const double along = nx * ((i + 0.5) / kSide - 0.5) + ny * ((j + 0.5) / kSide - 0.5);
      sum += 0.5 * std::erfc(-(distance + along) / (blur * std::sqrt(2.0)));
    }
  }
  return sum / (kSide * kSide);
}

TEST(EdgeCoverage, IsWhatAPixelSees) {
  for (const double degrees : {0.0, 5.0, 30.0, 45.0, 90.0, 200.0}) {
    for (const double blur : {0.2, 0.5, 2.0}) {
      const double angle = degrees * 3.14159265358979 / 180, nx = std::cos(angle), ny = std::sin(angle);
      const EdgeCoverage edge(3 * nx, 3 * ny, blur);
      for (const double distance : {-3.0, -0.6, -0.1, 0.0, 0.3, 0.5, 1.2, 4.0}) {
        EXPECT_NEAR(edge(distance), brute_force(nx, ny, blur, distance), 2e-4) << degrees << " " << blur << " " << distance;
      }
      EXPECT_EQ(edge(edge.reach()), 1);
      EXPECT_EQ(edge(-edge.reach()), 0);
      EXPECT_NEAR(edge(edge.reach() * 0.9999), 1, 1e-6);
    }
  }
}

TEST(EdgeCoverage, SharpAndUprightIsTheShareOfThePixel) {
  const EdgeCoverage edge(1, 0, 0);
  EXPECT_NEAR(edge(0.25), 0.75, 1e-3);
  EXPECT_NEAR(edge(-0.4), 0.1, 1e-3);
}

constexpr Size kPicture{640, 480};

std::vector<double> rising_levels() {
  std::vector<double> levels;
  for (int i = 0; i < 26; i++) levels.push_back(i);
  return levels;
}

/// The middle of a patch, pixels: where the chart's own diagonals say, so only of a chart that isn't tilted.
std::array<double, 2> middle_of(const ChartPlace& place, int patch) {
  const auto corners = chart_corners(place, kPicture);
  const double gap = (1 - 2.5 / 2.75) / 2, u = (patch % 6 + 0.5 - gap) / (6 - 2 * gap), v = (patch / 6 + 0.5 - gap) / (4 - 2 * gap);
  std::array<double, 2> out{};
  for (std::size_t i = 0; i < 2; i++) {
    out[i] = std::lerp(std::lerp(corners[0][i], corners[1][i], u), std::lerp(corners[3][i], corners[2][i], u), v);
  }
  return {out[0] * kPicture.width, out[1] * kPicture.height};
}

TEST(ChartTarget, PatchesLieWhereTheCornersSay) {
  for (const double turn : {0.0, 7.0, 90.0, 180.0}) {
    const ChartPlace place{.x = 0.52, .y = 0.47, .width = 0.5, .turn = turn};
    const TargetPointer chart = chart_target(checker_reflectances(), {&place, 1}, kPicture);
    ASSERT_EQ(chart->surfaces().size(), 26U);
    for (int patch = 0; patch < 24; patch++) {
      const auto [x, y] = middle_of(place, patch);
      EXPECT_NEAR(chart->light(rising_levels(), x, y, 0.6), patch + 2, 1e-9) << turn << " " << patch;
    }
    EXPECT_EQ(chart->light(rising_levels(), 3, 3, 0.6), 0);  // the table
  }
}

TEST(ChartTarget, ACornerIsHalfWayIntoTheFrame) {
  const ChartPlace place{.turn = 0, .tilt = 20};
  const TargetPointer chart = chart_target(checker_reflectances(), {&place, 1}, kPicture);
  std::vector<double> levels(26, 0.0);
  std::fill(levels.begin() + 2, levels.end(), 1.0);  // patches alone
  for (const auto& [x, y] : chart_corners(place, kPicture)) {
    EXPECT_NEAR(chart->light(levels, x * kPicture.width, y * kPicture.height, 0.5), 0.25, 0.02);  // a quarter of a corner
  }
}

TEST(ChartTarget, TiltBringsTheLeftNearer) {
  const auto corners = chart_corners({.tilt = 20}, kPicture);
  const double left = corners[3][1] - corners[0][1], right = corners[2][1] - corners[1][1];
  EXPECT_GT(left, 1.1 * right);
  const auto turned = chart_corners({.turn = 10}, kPicture);  // clockwise: the upper edge falls to the right
  EXPECT_GT(turned[1][1], turned[0][1]);
}

TEST(ChartTarget, SeveralChartsAndNone) {
  const std::array<ChartPlace, 2> places{{{.x = 0.25, .width = 0.3}, {.x = 0.75, .width = 0.3}}};
  const TargetPointer two = chart_target(checker_reflectances(), places, kPicture),
                      none = chart_target(checker_reflectances(), {}, kPicture);
  for (const ChartPlace& place : places) {
    const auto [x, y] = middle_of(place, 18);
    EXPECT_NEAR(two->light(rising_levels(), x, y, 0.5), 20, 1e-9);
    EXPECT_EQ(none->light(rising_levels(), x, y, 0.5), 0);
  }
}

TEST(DotsTarget, ADotInEveryCellAndNothingBetween) {
  const TargetPointer dots = dots_target(kPicture, 40, 9);
  const std::vector<double> levels{1, 0};
  EXPECT_EQ(dots->light(levels, 320, 240, 0.5), 0);
  EXPECT_EQ(dots->light(levels, 360, 200, 0.5), 0);
  EXPECT_EQ(dots->light(levels, 340, 220, 0.5), 1);
  EXPECT_NEAR(dots->light(levels, 329, 240, 0.5), 0.5, 0.03);
}

TEST(GratingTarget, BlurTakesContrastAlone) {
  const TargetPointer grating = grating_target(kPicture);
  const auto spread = [&](double blur) {
    double sum = 0, squares = 0;
    for (int i = 0; i < 10'000; i++) {
      const double light = grating->light(std::vector<double>{1, 0}, i % 100 + 100.5, i / 100 + 100.5, blur);
      EXPECT_GE(light, 0);
      EXPECT_LE(light, 1);
      sum += light;
      squares += light * light;
    }
    EXPECT_NEAR(sum / 10'000, 0.5, 0.02);
    return squares / 10'000 - sum * sum / 1e8;
  };
  EXPECT_GT(spread(0), 1.3 * spread(1));
  EXPECT_GT(spread(1), 1.3 * spread(3));
  EXPECT_LT(spread(40), 1e-6);
}

TEST(RandomPatches, AreReflectancesAndNoChecker) {
  const auto patches = random_patches(1);
  EXPECT_EQ(patches, random_patches(1));
  EXPECT_NE(patches, random_patches(2));
  for (const Spectrum& patch : patches) {
    for (const float value : patch) {
      EXPECT_GE(value, 0);
      EXPECT_LE(value, 1);
    }
  }
}

}  // namespace
}  // namespace argent
