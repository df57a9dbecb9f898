#include "calibration/chart/color_checker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "camera/spectral/illuminants.h"
#include "camera/spectral/reflectances.h"
#include "camera/spectral/sensitivities.h"
#include "models/runtime/error.h"
#include "tests/calibration/chart/chart_fixture.h"

namespace argent {
namespace {

using chart::Rendering;

class ColorCheckerTest : public testing::Test {
 protected:
  ColorChecker placed(const Rendering& rendering) {
    const chart::Rendered rendered = chart::render(rendering);
    return place_color_checker(sensor_picture(rendered.frame, pool_), rendered.corners);
  }
  BufferPool pool_;
};

TEST_F(ColorCheckerTest, ReadsWhatTheSensorSawOfEachPatch) {
  const Rendering rendering{.angle = 12, .noise = 0};
  const ColorChecker checker = placed(rendering);
  for (std::size_t i = 0; i < ColorChecker::kPatches; i++) {
    const Vec3 seen = response(analytic_sensitivities(), natural_light(rendering.cct), checker_reflectances()[i]);
    for (std::size_t c = 0; c < 3; c++) {
      EXPECT_NEAR(checker.patches[i].mean[c], seen[c] * rendering.exposure, 2e-4) << "patch " << i;
      EXPECT_LT(checker.patches[i].deviation[c], 5e-4);
    }
    EXPECT_GT(checker.patches[i].pixels, 300);
    EXPECT_EQ(checker.patches[i].clipped, 0);
  }
  EXPECT_GT(checker.confidence, 0.98f);
}

TEST_F(ColorCheckerTest, SaysHowMuchOfAPatchIsClipped) {
  const ColorChecker checker = placed({.exposure = 1.15, .noise = 0});  // white 1.04, the next grey 0.68
  EXPECT_EQ(checker.patches[18].clipped, 1);
  EXPECT_EQ(checker.patches[19].clipped, 0);
  const Illuminant light = light_of(checker);
  EXPECT_EQ(light.evidence, 1);
  EXPECT_NEAR(light.mean[0], chart::render({}).light[0], 0.01);
}

TEST_F(ColorCheckerTest, CornersByHandMustBeAChartsInsideTheFrame) {
  const chart::Rendered rendered = chart::render({});
  const SensorPicture picture = sensor_picture(rendered.frame, pool_);
  const Quadrilateral good = rendered.corners;
  EXPECT_THROW(place_color_checker(picture, {good[0], good[3], good[2], good[1]}), Error) << "the other way round";
  EXPECT_THROW(place_color_checker(picture, {good[0], good[2], good[1], good[3]}), Error) << "crossed";
  EXPECT_THROW(place_color_checker(picture, {good[0], good[0], good[2], good[3]}), Error) << "a triangle";
  Quadrilateral outside = good;
  outside[1].x = 1.2f;
  EXPECT_THROW(place_color_checker(picture, outside), Error);
  outside[1].x = std::nanf("");
  EXPECT_THROW(place_color_checker(picture, outside), Error);
  EXPECT_THROW(place_color_checker(picture, {{{0.5f, 0.5f}, {0.52f, 0.5f}, {0.52f, 0.515f}, {0.5f, 0.515f}}}), Error) << "no pixels";
  EXPECT_LT(place_color_checker(picture, {{{0.02f, 0.4f}, {0.3f, 0.4f}, {0.3f, 0.6f}, {0.02f, 0.6f}}}).confidence, 0.4f) << "a bare wall";
}

TEST_F(ColorCheckerTest, LightOfTheGreysInEveryLight) {
  // The analytic sensor's blue reaches further into the violet, where the chart's white absorbs, than that of the cameras measured.
  for (const float cct : {2500.f, 3200.f, 4200.f, 5500.f, 6500.f, 9000.f}) {
    const Rendering rendering{.cct = cct};
    const Illuminant light = light_of(placed(rendering));
    const auto truth = chart::render(rendering).light;
    EXPECT_EQ(light.evidence, 1);
    for (std::size_t k = 0; k < 2; k++) {
      EXPECT_NEAR(light.mean[k], truth[k], 0.018) << cct << " K";
      const float deviation = std::sqrt(light.covariance[k == 0 ? 0 : 2]);
      EXPECT_GE(deviation, 0.0049f);
      EXPECT_LT(deviation, 0.025f);
      EXPECT_LT(std::abs(light.mean[k] - truth[k]), 3 * deviation);
    }
  }
}

TEST_F(ColorCheckerTest, TwoLightsOnTheChartWidenTheDeviation) {
  const Illuminant one = light_of(placed({.cct = 4000})), two = light_of(placed({.cct = 2800, .right_cct = 7000}));
  EXPECT_GT(two.covariance[0], 20 * one.covariance[0]);
  EXPECT_GT(two.covariance[2], 20 * one.covariance[2]);
}

TEST_F(ColorCheckerTest, WithoutAnUsableGreyThereIsNoEvidence) {
  ColorChecker checker = chart::checker_of_colors([](std::size_t) { return Vec3{0.3f, 0.5f, 0.2f}; });
  EXPECT_EQ(light_of(checker).evidence, 1);
  for (std::size_t i = 18; i < 23; i++) {
    switch (i % 3) {
      case 0:
        checker.patches[i].clipped = 0.5f;
        break;
      case 1:
        checker.patches[i].pixels = 0;
        break;
      default:
        checker.patches[i].mean[2] = -0.001f;
    }
  }
  EXPECT_EQ(light_of(checker).evidence, 0) << "black is no grey";
}

TEST_F(ColorCheckerTest, ItsZonesAreThoseItTouches) {
  ColorChecker checker;
  checker.corners = {{{0.42f, 0.42f}, {0.58f, 0.42f}, {0.58f, 0.54f}, {0.42f, 0.54f}}};  // with its frame 0.41 to 0.59, 0.41 to 0.55
  const std::vector<std::uint8_t> zones = chart_zones(checker, 10, 10);
  EXPECT_EQ(std::count(zones.begin(), zones.end(), 1), 2 * 2);
  for (const int i : {44, 45, 54, 55}) EXPECT_EQ(zones[static_cast<std::size_t>(i)], 1) << i;

  Statistics statistics;
  statistics.columns = statistics.rows = 10;
  for (auto& zone : statistics.zones) zone.count = zone.unclipped_count = {9, 18, 9};
  remove_chart(checker, statistics);
  for (int i = 0; i < 100; i++) {
    const Statistics::Zone& zone = statistics.zones[static_cast<std::size_t>(i)];
    EXPECT_EQ(zone.count[1], zones[static_cast<std::size_t>(i)] ? 0u : 18u);
    EXPECT_EQ(zone.unclipped_count[1], zone.count[1]);
  }
}

}  // namespace
}  // namespace argent
