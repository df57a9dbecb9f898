#include "samples/label/capture_label.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "aaa/cct_curve.h"
#include "models/runtime/error.h"
#include "tests/calibration/chart/chart_fixture.h"

namespace argent {
namespace {

class CaptureLabelTest : public testing::Test {
 protected:
  SensorPicture picture_of(const chart::Rendering& rendering) { return sensor_picture(chart::render(rendering).frame, pool_); }
  BufferPool pool_;
};

TEST(CaptureLabelText, OfRectanglesAndCorners) {
  const PlaneRect rect = plane_rect_from_text("0.25,0.5,0.1,0.5");
  EXPECT_EQ(rect.x, 0.25f);
  EXPECT_EQ(rect.height, 0.5f);
  for (const char* text : {"", "0.1,0.1,0.1", "0.1,0.1,0.1,0.1,0.1", "0.1,0.1,0,0.1", "0.9,0.1,0.2,0.1", "-0.1,0.1,0.2,0.1", "a,b,c,d",
                           "0.1,0.1,0.1,nan", "0.1,0.1,0.1,0.1,", "0.1;0.1;0.1;0.1", "12,10,5,5"}) {
    EXPECT_THROW(plane_rect_from_text(text), Error) << text;
  }
  EXPECT_EQ(corners_from_text("0,0,1,0,1,1,0,1")[2].y, 1);
  EXPECT_THROW(corners_from_text("0,0,1,0,1,1"), Error);
}

TEST_F(CaptureLabelTest, LightOfAGreyPatch) {
  // The wall is 1 : 0.95 : 0.85; the chart's third grey is neutral but for its tint.
  const chart::Rendering rendering{.length = 0.9};
  const chart::Rendered rendered = chart::render(rendering);
  const Quadrilateral& c = rendered.corners;
  const float pitch = (c[1].x - c[0].x) / 5.909f, row = (c[3].y - c[0].y) / 3.909f;
  const MeasuredLight light =
      light_of_grey(sensor_picture(rendered.frame, pool_), {c[0].x + 2.25f * pitch, c[0].y + 3.25f * row, pitch / 2, row / 2});
  EXPECT_NEAR(light.light[0], rendered.light[0], 0.015);
  EXPECT_NEAR(light.light[1], rendered.light[1], 0.015);
  EXPECT_LT(light.deviation, 0.01f);
  EXPECT_EQ(light.source, "grey");
  const MeasuredLight mixed = light_of_grey(sensor_picture(rendered.frame, pool_), {c[0].x, c[0].y, c[1].x - c[0].x, c[3].y - c[0].y});
  EXPECT_GT(mixed.deviation, 0.1f) << "24 colors are no grey patch, and the deviation says so";
}

TEST_F(CaptureLabelTest, RefusesAGreyPatchThatSaysNothing) {
  const SensorPicture bright = picture_of({.exposure = 4}), black = picture_of({.exposure = 0.0005, .noise = 0});
  EXPECT_THROW(light_of_grey(bright, {0.3f, 0.3f, 0.2f, 0.2f}), Error) << "clipped";
  EXPECT_THROW(light_of_grey(black, {0.3f, 0.3f, 0.2f, 0.2f}), Error) << "dark";
  EXPECT_THROW(light_of_grey(picture_of({}), {0.3f, 0.3f, 0.001f, 0.001f}), Error) << "small";
}

TEST_F(CaptureLabelTest, LightOfAChartFoundAndPlaced) {
  const chart::Rendered rendered = chart::render({.angle = 20});
  const SensorPicture picture = sensor_picture(rendered.frame, pool_);
  const MeasuredLight found = light_of_chart(picture, {}), placed = light_of_chart(picture, rendered.corners);
  EXPECT_NEAR(found.light[0], rendered.light[0], 0.015);
  EXPECT_NEAR(found.light[0], placed.light[0], 0.003);
  EXPECT_GT(found.deviation, 0.004f);
  EXPECT_THROW(light_of_chart(picture_of({.has_chart = false}), {}), Error);
  const chart::Rendering blown{.exposure = 12};
  EXPECT_THROW(light_of_chart(picture_of(blown), chart::render(blown).corners), Error) << "all greys clipped";
}

TEST(CaptureLabelKelvin, ByTheCurveElseTheMatrices) {
  const std::vector<CctPoint> curve{{2500, 0.9f, 0.3f}, {6500, 0.5f, 0.7f}};
  const std::vector<ColorMatrix> matrices{{6504, {1.2f, -0.4f, -0.1f, -0.15f, 1, 0.14f, 0, 0.28f, 0.53f}}};
  const MeasuredLight by_curve = light_of_kelvin(6500, curve, matrices);
  EXPECT_NEAR(by_curve.light[0], std::log(0.5f), 1e-5);
  EXPECT_NEAR(by_curve.light[1], std::log(0.7f), 1e-5);
  EXPECT_NEAR(kelvin_of(by_curve.light, curve, matrices), 6500, 1);
  const MeasuredLight by_matrix = light_of_kelvin(5000, {}, matrices);
  EXPECT_NEAR(kelvin_of(by_matrix.light, {}, matrices), 5000, 20);
  EXPECT_THROW(light_of_kelvin(5000, {}, {}), Error);
  EXPECT_EQ(kelvin_of({0, 0}, {}, {}), 0);
}

TEST(CaptureLabelMatrices, OfACurveAndCorrectionsSeeTheCurvesWhites) {
  const std::vector<CctPoint> curve{{2856, 0.9f, 0.35f}, {6504, 0.5f, 0.7f}};
  const std::vector<ColorCorrection> corrections{{2856, {1.7f, -0.5f, -0.2f, -0.4f, 1.6f, -0.2f, 0, -0.8f, 1.8f}},
                                                 {6504, {1.9f, -0.7f, -0.2f, -0.3f, 1.7f, -0.4f, 0, -0.6f, 1.6f}}};
  const std::vector<ColorMatrix> matrices = matrices_of(curve, corrections);
  ASSERT_EQ(matrices.size(), 2u);
  for (const CctPoint& point : curve) {
    const Vec3 gains = *gains_of_cct(matrices, point.cct);
    EXPECT_NEAR(gains[1] / gains[0], point.red, 2e-3);
    EXPECT_NEAR(gains[1] / gains[2], point.blue, 2e-3);
  }
  // And rendered they are the corrections again, where they were made.
  const Mat3 rendered = *camera_to_srgb(matrices, 6504);
  for (std::size_t i = 0; i < 9; i++) EXPECT_NEAR(rendered[i], corrections[1].camera_to_srgb[i], 0.01) << i;
  EXPECT_TRUE(matrices_of(curve, {}).empty());
}

TEST_F(CaptureLabelTest, TheMaskCoversWhatTheLightWasReadFrom) {
  MeasuredLight light;
  light.grey = PlaneRect{0.25f, 0.5f, 0.25f, 0.25f};
  const std::vector<std::uint8_t> mask = masked_pixels(light, {8, 4});
  EXPECT_EQ(std::count(mask.begin(), mask.end(), 1), 2);
  EXPECT_EQ(mask[2 * 8 + 2], 1);
  EXPECT_EQ(mask[2 * 8 + 3], 1);
  light.grey = PlaneRect{0, 0, 0.1f, 0.1f};
  light.checker = place_color_checker(picture_of({}), chart::render({}).corners);
  const std::vector<std::uint8_t> both = masked_pixels(light, {8, 4});
  EXPECT_EQ(std::count(both.begin(), both.end(), 1), 4 * 2 + 1) << "the chart, and a grey patch in the corner";
}

}  // namespace
}  // namespace argent
