// find_color_checker, on rendered charts: where they are is known.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>

#include "models/runtime/error.h"
#include "tests/calibration/chart/chart_fixture.h"

namespace argent {
namespace {

using chart::Rendering;

/// A sample of them, or all: searches for what is not there are long.
const bool kAll = std::getenv("ARGENT_CHART_SEARCHES") != nullptr;

class ColorCheckerFinder : public testing::Test {
 protected:
  /// Found in place, and its light right.
  void expect_found(const Rendering& rendering, const std::string& what, double light_error = 0.015) {
    SCOPED_TRACE(what);
    const chart::Rendered rendered = chart::render(rendering);
    const auto found = find_color_checker(sensor_picture(rendered.frame, pool_));
    ASSERT_TRUE(found);
    EXPECT_LT(chart::misplacement(*found, rendered), 0.15);
    EXPECT_GT(found->confidence, 0.8f);
    const Illuminant light = light_of(*found);
    EXPECT_NEAR(light.mean[0], rendered.light[0], light_error);
    EXPECT_NEAR(light.mean[1], rendered.light[1], light_error);
  }
  std::optional<ColorChecker> found_in(const Rendering& rendering) {
    return find_color_checker(sensor_picture(chart::render(rendering).frame, pool_));
  }
  BufferPool pool_;
};

TEST_F(ColorCheckerFinder, TurnedByAnyAngle) {
  for (int angle = 0; angle < 360; angle += kAll ? 24 : 72) {
    expect_found({.angle = static_cast<double>(angle)}, "angle " + std::to_string(angle));
  }
}

TEST_F(ColorCheckerFinder, InPerspective) {
  for (const auto& [x, y] : {std::pair(0.3, 0.0), {-0.3, 0.0}, {0.0, 0.35}, {0.0, -0.35}, {0.25, -0.25}}) {
    expect_found({.angle = 8, .tilt_x = x, .tilt_y = y}, "tilt " + std::to_string(x) + " " + std::to_string(y));
  }
}

TEST_F(ColorCheckerFinder, OfManySizesAnywhere) {
  for (const double length : {0.08, 0.15, 0.25, 0.6, 0.85}) {
    const PlaneFraction center = length < 0.3 ? PlaneFraction{0.35f, 0.55f} : PlaneFraction{0.5f, 0.5f};
    expect_found({.angle = 5, .length = length, .center = center}, "length " + std::to_string(length));
  }
}

TEST_F(ColorCheckerFinder, QuicklyWhereItIsLarge) {
  for (const auto& [length, angle] : {std::pair(0.25, 140.0), {0.6, 0.0}}) {
    const chart::Rendered rendered = chart::render({.angle = angle, .length = length});
    const auto found = find_color_checker(sensor_picture(rendered.frame, pool_), ChartSearch::kQuick);
    ASSERT_TRUE(found) << length;
    EXPECT_LT(chart::misplacement(*found, rendered), 0.15);
  }
  const auto small = chart::render({.length = 0.08, .center = {0.35f, 0.55f}});
  EXPECT_FALSE(find_color_checker(sensor_picture(small.frame, pool_), ChartSearch::kQuick)) << "parts of the picture are not searched";
}

TEST_F(ColorCheckerFinder, InEveryLightAndExposure) {
  for (const float cct : {2300.f, 3500.f, 10000.f}) expect_found({.cct = cct}, std::to_string(cct) + " K", 0.02);
  for (const double exposure : {0.05, 0.2, 1.0})
    expect_found({.exposure = exposure, .noise = 0.001}, "exposure " + std::to_string(exposure), 0.02);
}

TEST_F(ColorCheckerFinder, BlurredNoisyAndUnevenlyLit) {
  expect_found({.blur = 4}, "blur");
  expect_found({.noise = 0.03}, "noise", 0.03);
  expect_found({.slope = 0.7}, "slope");
  expect_found({.slope = 0.5, .blur = 2.5, .noise = 0.015, .flare = 0.05}, "all of it", 0.03);
}

TEST_F(ColorCheckerFinder, DarkAndNoisy) {
  // White at 0.08 with a deviation of 0.01: what varies in a patch is noise, and no sign of a wrong place.
  expect_found({.length = 0.3, .exposure = 0.1, .noise = 0.01}, "dark", 0.04);
  expect_found({.angle = 201, .length = 0.23, .exposure = 0.11, .slope = 0.45, .noise = 0.007}, "dark and falling off", 0.04);
}

TEST_F(ColorCheckerFinder, UnderAPartialGlare) {
  expect_found({.glare = 0.5}, "a spot on moderate red");
  expect_found({.exposure = 0.5, .glare = 1.5, .glare_radius = 0.07}, "a clipped one", 0.02);
}

TEST_F(ColorCheckerFinder, UnderTwoLights) {
  const chart::Rendered rendered = chart::render({.cct = 3000, .right_cct = 6500});
  const auto found = find_color_checker(sensor_picture(rendered.frame, pool_));
  ASSERT_TRUE(found);
  EXPECT_LT(chart::misplacement(*found, rendered), 0.15);
  const Illuminant light = light_of(*found);
  EXPECT_GT(std::sqrt(light.covariance[0]), 0.05f) << "that there are two lights must show";
}

TEST_F(ColorCheckerFinder, WhereThereIsNone) {
  EXPECT_FALSE(found_in({.has_chart = false}));
  if (kAll) {
    EXPECT_FALSE(found_in({.has_chart = false, .noise = 0.1}));
    EXPECT_FALSE(found_in({.has_chart = false, .cct = 2500, .blur = 3}));
  }
  EXPECT_FALSE(found_in({.mirrored = true})) << "a mirror's chart has its patches in another order";
}

TEST_F(ColorCheckerFinder, OneThatTheBorderCutsIsNone) {
  if (kAll) {
    EXPECT_FALSE(found_in({.center = {0.12f, 0.5f}}));
    EXPECT_FALSE(found_in({.center = {0.5f, 0.95f}}));
  }
  EXPECT_FALSE(found_in({.angle = 30, .center = {0.9f, 0.1f}}));
}

TEST_F(ColorCheckerFinder, PicturesOfNothing) {
  for (const Size size : {Size{2, 2}, Size{50, 46}, Size{64, 4000}, Size{640, 480}}) {
    for (const int kind : {0, 1, 2}) {
      if (!kAll && size.width == 640 && kind != 2) continue;
      std::mt19937 random(3);
      std::vector<std::uint16_t> codes(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
      for (auto& code : codes) code = kind == 0 ? 0 : kind == 1 ? 4095 : static_cast<std::uint16_t>(random() % 4096);
      RawFrame frame;
      frame.sensor.active = size;
      frame.sensor.white.fill(4095);
      frame.data = codes.data();
      frame.stride = size.width;
      EXPECT_FALSE(find_color_checker(sensor_picture(frame, pool_))) << size.width << "x" << size.height << " " << kind;
    }
  }
}

TEST_F(ColorCheckerFinder, SamePictureSameAnswer) {
  const chart::Rendered rendered = chart::render({.angle = 33, .noise = 0.01});
  const auto first = find_color_checker(sensor_picture(rendered.frame, pool_));
  ASSERT_TRUE(first);
  for (int again = 0; again < 3; again++) {
    const auto found = find_color_checker(sensor_picture(rendered.frame, pool_));
    ASSERT_TRUE(found);
    for (std::size_t i = 0; i < 4; i++) {
      EXPECT_EQ(found->corners[i].x, first->corners[i].x);
      EXPECT_EQ(found->corners[i].y, first->corners[i].y);
    }
    for (std::size_t i = 0; i < ColorChecker::kPatches; i++) EXPECT_EQ(found->patches[i].mean, first->patches[i].mean);
  }
}

}  // namespace
}  // namespace argent
