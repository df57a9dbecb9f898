#include "isp/dng_color.h"

#include <gtest/gtest.h>

#include <cmath>

#include "isp/color_space.h"

namespace argent {
namespace {

const Mat3 kTungsten{0.9f, -0.2f, -0.1f, -0.4f, 1.3f, 0.1f, -0.05f, 0.2f, 0.5f};
const Mat3 kDaylight{0.8f, -0.3f, -0.1f, -0.45f, 1.25f, 0.2f, -0.1f, 0.25f, 0.6f};
// Rows sum to the XYZ of D50, as forward matrices' do.
const Mat3 kForwardA{0.70f, 0.15f, 0.1143f, 0.30f, 0.75f, -0.05f, 0.02f, -0.10f, 0.9051f};
const Mat3 kForwardD{0.60f, 0.25f, 0.1143f, 0.25f, 0.70f, 0.05f, 0.01f, -0.05f, 0.8651f};

DngProfile two_lights() {
  DngProfile profile;
  profile.illuminants[0] = {.code = 17, .color_matrix = kTungsten, .forward = {}, .calibration = {}, .hue_sat = {}};
  profile.illuminants[1] = {.code = 21, .color_matrix = kDaylight, .forward = {}, .calibration = {}, .hue_sat = {}};
  return profile;
}

Vec3 xyz_of(Chromaticity c) { return {c.x / c.y, 1, (1 - c.x - c.y) / c.y}; }

void expect_near(const Vec3& a, const Vec3& b, float tolerance) {
  for (std::size_t i = 0; i < 3; i++) EXPECT_NEAR(a[i], b[i], tolerance) << i;
}

TEST(DngColor, WeightIsLinearInReciprocalTemperature) {
  const std::vector<ProfileLight> lights = lights_of(two_lights());
  ASSERT_EQ(lights.size(), 2u);
  EXPECT_NEAR(lights[0].cct, 2856, 1);
  EXPECT_EQ(weight_at(lights, 2000), 0);
  EXPECT_EQ(weight_at(lights, 20000), 1);
  const float middle = 2 / (1 / lights[0].cct + 1 / lights[1].cct);
  EXPECT_NEAR(weight_at(lights, middle), 0.5, 1e-5);
}

TEST(DngColor, LightsAreOrderedAndTheUnknownOnesLeftOut) {
  DngProfile profile = two_lights();
  std::swap(profile.illuminants[0], profile.illuminants[1]);
  EXPECT_EQ(lights_of(profile)[0].color, kTungsten);
  profile.illuminants[1].code = 0;
  ASSERT_EQ(lights_of(profile).size(), 1u);
  EXPECT_EQ(lights_of(profile)[0].color, kDaylight);
  profile.illuminants[0].color_matrix.reset();
  ASSERT_EQ(lights_of(profile).size(), 1u) << "one light needs no temperature";
  profile.illuminants[1].color_matrix = Mat3{};
  EXPECT_TRUE(lights_of(profile).empty()) << "singular";
  EXPECT_FALSE(color_of(profile, {1, 1, 1}, 5000));
}

TEST(DngColor, WithoutForwardMatricesALightsWhiteIsAdaptedToD50) {
  // A surface under D55 as the camera sees it, its white as well: DNG 1.7 takes the white to D50 and the surface along.
  DngProfile profile = two_lights();
  profile.analog_balance = Vec3{1.1f, 1, 0.9f};
  profile.illuminants[0].calibration = profile.illuminants[1].calibration = Mat3{1.02f, 0.01f, 0, 0, 0.99f, 0, 0.02f, 0, 1};
  const float weight = weight_at(lights_of(profile), 5500);
  Mat3 camera{};
  for (std::size_t i = 0; i < 9; i++) camera[i] = kTungsten[i] + weight * (kDaylight[i] - kTungsten[i]);
  camera = multiply(Mat3{1.1f, 0, 0, 0, 1, 0, 0, 0, 0.9f}, multiply(*profile.illuminants[0].calibration, camera));
  const Chromaticity d55{0.3324f, 0.3474f};
  const Vec3 white = multiply(camera, xyz_of(d55)), surface{0.4f, 0.3f, 0.1f}, seen = multiply(camera, surface);
  const Vec3 gains{white[1] / white[0], 1, white[1] / white[2]};
  const auto color = color_of(profile, gains, 5500);
  ASSERT_TRUE(color);
  EXPECT_NEAR(color->weight, weight, 1e-6);
  expect_near(multiply(color->balanced_to_xyz, Vec3{1, 1, 1}), xyz_of(kD50), 1e-5f);
  const Vec3 balanced{seen[0] / white[0], seen[1] / white[1], seen[2] / white[2]};
  expect_near(multiply(color->balanced_to_xyz, balanced), multiply(bradford(d55, kD50), surface), 1e-5f);
}

TEST(DngColor, ForwardMatricesTakeBalancedColorAsItIs) {
  DngProfile profile = two_lights();
  profile.illuminants[0].forward = kForwardA;
  EXPECT_TRUE(color_of(profile, {2, 1, 1.5f}, 6504)) << "one alone is not used";
  profile.illuminants[1].forward = kForwardD;
  const auto cold = color_of(profile, {2, 1, 1.5f}, 6504), warm = color_of(profile, {1.3f, 1, 2.5f}, 2856);
  for (std::size_t i = 0; i < 9; i++) {
    EXPECT_NEAR(cold->balanced_to_xyz[i], kForwardD[i], 3e-4) << i;
    EXPECT_NEAR(warm->balanced_to_xyz[i], kForwardA[i], 3e-4) << i;
  }
  // Chapter 6: FM D inverse(AB CC), D = inverse(diag(inverse(AB CC) n)), of camera color c = n x balanced.
  profile.analog_balance = Vec3{1.2f, 1, 0.8f};
  const Mat3 calibration{1, 0.1f, 0, 0.05f, 1, 0, 0, 0, 1.1f};
  profile.illuminants[0].calibration = profile.illuminants[1].calibration = calibration;
  const Mat3 to_reference = *inverse(multiply(Mat3{1.2f, 0, 0, 0, 1, 0, 0, 0, 0.8f}, calibration));
  const Vec3 gains{2, 1, 1.5f}, neutral{0.5f, 1, 1 / 1.5f}, balanced{0.3f, 0.5f, 0.2f};
  const Vec3 reference_neutral = multiply(to_reference, neutral);
  Vec3 reference = multiply(to_reference, Vec3{neutral[0] * balanced[0], neutral[1] * balanced[1], neutral[2] * balanced[2]});
  for (std::size_t i = 0; i < 3; i++) reference[i] /= reference_neutral[i];
  expect_near(multiply(color_of(profile, gains, 6504)->balanced_to_xyz, balanced), multiply(kForwardD, reference), 3e-4f);
}

TEST(DngColor, TheNeutralChoosesTheLightWhenNobodySaysWhich) {
  const DngProfile profile = two_lights();
  for (const float cct : {2700.f, 3500.f, 5000.f, 8000.f}) {
    const Vec3 gains = *gains_of_cct(color_matrices_of(profile), cct);
    EXPECT_NEAR(color_of(profile, gains, 0)->weight, weight_at(lights_of(profile), cct), 0.01) << cct;
  }
}

TEST(DngColor, TablesLieBetweenTheLights) {
  DngProfile profile = two_lights();
  EXPECT_EQ(hue_sat_at(profile, 0.5f).hues, 0);
  profile.illuminants[0].hue_sat = {1, 2, 1, {{10, 1, 1}, {20, 0.5f, 2}}};
  EXPECT_EQ(hue_sat_at(profile, 0.7f), profile.illuminants[0].hue_sat) << "of one light alone";
  profile.illuminants[1].hue_sat = {1, 2, 1, {{0, 1, 1}, {-20, 1.5f, 1}}};
  EXPECT_EQ(hue_sat_at(profile, 0), profile.illuminants[0].hue_sat);
  EXPECT_EQ(hue_sat_at(profile, 1), profile.illuminants[1].hue_sat);
  EXPECT_EQ(hue_sat_at(profile, 0.25f).nodes[1], (HueSatTable::Node{10, 0.75f, 1.75f}));
}

TEST(DngColor, AProfileGivesAFrameItsMatricesAndNamesAnotherCamera) {
  DngProfile profile = two_lights();
  profile.unique_camera_model = "Kanon X 1";
  DngProfile own;
  own.analog_balance = Vec3{1, 1, 2};
  own.tone_curve = {{0, 0}, {1, 1}};
  RawFrame frame;
  frame.sensor.model = "x 1";
  frame.dng_profile = std::make_shared<const DngProfile>(own);
  apply(profile, frame);
  EXPECT_TRUE(frame.capture.warnings.empty());
  ASSERT_EQ(frame.sensor.matrices.size(), 2u);
  EXPECT_FLOAT_EQ(frame.sensor.matrices[1].xyz_to_camera[8], 2 * kDaylight[8]) << "AnalogBalance is the picture's";
  EXPECT_TRUE(frame.dng_profile->tone_curve.empty()) << "the curve is the profile's";
  frame.sensor.model = "Z";
  apply(profile, frame);
  EXPECT_EQ(frame.capture.warnings.size(), 1u);
}

}  // namespace
}  // namespace argent
