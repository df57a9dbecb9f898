#include "isp/color.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace argent {
namespace {

// Canon EOS 30D, LibRaw's cam_xyz; the second is the same sensor, reddened, to have two that differ.
const Mat3 kCanon{.6257f, -.0303f, -.1f, -.788f, 1.5621f, .2396f, -.1714f, .1904f, .7046f};
const Mat3 kCanonTungsten{.6900f, -.1200f, -.0800f, -.7600f, 1.5000f, .2900f, -.1900f, .2500f, .6200f};
const std::vector<ColorMatrix> kOne{{6504, kCanon}};
const std::vector<ColorMatrix> kTwo{{2856, kCanonTungsten}, {6504, kCanon}};
const std::vector<CctPoint> kCurve{{2964, .7451f, .3213f},
                                   {3610, .6119f, .4443f},
                                   {4640, .5168f, .5419f},
                                   {5910, .4436f, .6229f},
                                   {7590, .3847f, .6921f}};  // imx708, raspberrypi

void expect_near(const Mat3& a, const Mat3& b, double tolerance) {
  for (int i = 0; i < 9; i++) EXPECT_NEAR(a[i], b[i], tolerance) << "element " << i;
}

void expect_white_stays_white(const Mat3& m) {
  for (int i = 0; i < 3; i++) EXPECT_NEAR(m[3 * i] + m[3 * i + 1] + m[3 * i + 2], 1, 2e-6) << "row " << i;
}

TEST(Color, MultipliesAndInverts) {
  const Mat3 a{1, 2, 3, 0, 1, 4, 5, 6, 0};
  expect_near(*inverse(a), {-24, 18, 5, 20, -15, -4, -5, 4, 1}, 1e-5);
  expect_near(multiply(a, *inverse(a)), kIdentity3, 1e-5);
  expect_near(multiply(a, kIdentity3), a, 0);
  const Vec3 v = multiply(a, Vec3{1, 2, 3});
  EXPECT_FLOAT_EQ(v[0], 14);
  EXPECT_FLOAT_EQ(v[1], 14);
  EXPECT_FLOAT_EQ(v[2], 17);
}

TEST(Color, SingularHasNoInverse) {
  EXPECT_FALSE(inverse({1, 2, 3, 2, 4, 6, 0, 0, 1}));
  EXPECT_FALSE(inverse({.1f, .2f, .3f, .3f, .6f, .9f, .7f, .1f, .9f}));  // rank 2 but for rounding
  EXPECT_FALSE(inverse(Mat3{}));
  EXPECT_FALSE(inverse({std::nanf(""), 0, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_FALSE(inverse({std::numeric_limits<float>::infinity(), 0, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_TRUE(inverse({1e-9f, 0, 0, 0, 1, 0, 0, 0, 1e9f}));  // badly scaled is not singular
}

TEST(Color, SrgbMatricesAreInverseAndKeepD65) {
  expect_near(multiply(kXyzToSrgb, kSrgbToXyz), kIdentity3, 1e-6);
  const Vec3 white = multiply(kSrgbToXyz, Vec3{1, 1, 1});
  EXPECT_NEAR(white[0] / (white[0] + white[1] + white[2]), .3127, 1e-5);
  EXPECT_NEAR(white[1] / (white[0] + white[1] + white[2]), .3290, 1e-5);
  EXPECT_NEAR(kXyzToSrgb[0], 3.2406, 1e-3);  // as IEC 61966-2-1 prints it
}

TEST(Color, LocusOfNaturalLight) {
  const Chromaticity d65 = chromaticity_of_cct(6504), d50 = chromaticity_of_cct(5003), a = chromaticity_of_cct(2856);
  EXPECT_NEAR(d65.x, .31271, 2e-4);
  EXPECT_NEAR(d65.y, .32902, 2e-4);
  EXPECT_NEAR(d50.x, .34567, 3e-4);
  EXPECT_NEAR(d50.y, .35850, 3e-4);
  EXPECT_NEAR(a.x, .44757, 1e-3);
  EXPECT_NEAR(a.y, .40745, 1e-3);
}

TEST(Color, LocusIsContinuousMonotoneAndClamped) {
  for (int t = 1668; t < 25000; t++) {
    const Chromaticity p = chromaticity_of_cct(t), q = chromaticity_of_cct(t + 1);
    ASSERT_LT(q.x, p.x + 1e-6) << t;
    ASSERT_LT(std::abs(q.x - p.x) + std::abs(q.y - p.y), 6e-4) << t;
  }
  EXPECT_EQ(chromaticity_of_cct(100).x, chromaticity_of_cct(1667).x);
  EXPECT_EQ(chromaticity_of_cct(1e9f).x, chromaticity_of_cct(25000).x);
  EXPECT_EQ(chromaticity_of_cct(std::nanf("")).x, chromaticity_of_cct(1667).x);
}

TEST(Color, TemperatureThereAndBack) {
  for (float t = 1700; t <= 20000; t *= 1.01f) {
    const CorrelatedTemperature back = cct_of_chromaticity(chromaticity_of_cct(t));
    ASSERT_NEAR(back.cct, t, .005 * t);
    ASSERT_NEAR(back.duv, 0, 1e-4) << t;
  }
}

TEST(Color, DuvIsPositiveAboveTheLocus) {
  for (float t : {2000.f, 2856.f, 4500.f, 6504.f, 15000.f}) {
    const Chromaticity on = chromaticity_of_cct(t);
    const double scale = 1 / (-2 * on.x + 12 * on.y + 3), u = 4 * on.x * scale, v = 6 * on.y * scale;
    for (double side : {-1.0, 1.0}) {
      // A point .01 across the locus, from the slope of the locus itself.
      const Chromaticity next = chromaticity_of_cct(t * 1.001f);
      const double s = 1 / (-2 * next.x + 12 * next.y + 3), du = 4 * next.x * s - u, dv = 6 * next.y * s - v, l = std::hypot(du, dv);
      const double pu = u + side * .01 * dv / l, pv = v - side * .01 * du / l;  // -du: the locus runs left with rising kelvin
      const double d = 2 * pu - 8 * pv + 4;
      const CorrelatedTemperature back = cct_of_chromaticity({static_cast<float>(3 * pu / d), static_cast<float>(2 * pv / d)});
      EXPECT_NEAR(back.duv, side * .01, 3e-4) << t;
      EXPECT_NEAR(back.cct, t, .02 * t);
    }
  }
  EXPECT_GT(cct_of_chromaticity({.3101f, .3700f}).duv, .01);   // greenish
  EXPECT_LT(cct_of_chromaticity({.3127f, .3000f}).duv, -.01);  // pinkish
}

TEST(Color, LightBesideTheLocusThereAndBack) {
  for (float t : {2000.f, 2856.f, 4500.f, 6504.f, 15000.f}) {
    for (float duv : {-.03f, -.005f, 0.f, .005f, .03f}) {
      const CorrelatedTemperature back = cct_of_chromaticity(chromaticity_of({t, duv}));
      EXPECT_NEAR(back.duv, duv, 2e-4) << t;
      EXPECT_NEAR(back.cct, t, .01 * t) << duv;
    }
    EXPECT_NEAR(chromaticity_of({t, 0}).x, chromaticity_of_cct(t).x, 1e-6);
    EXPECT_NEAR(chromaticity_of({t, 0}).y, chromaticity_of_cct(t).y, 1e-6);
  }
}

TEST(Color, ExifIlluminants) {
  EXPECT_NEAR(*cct_of_exif_illuminant(17), 2856, 10);
  EXPECT_NEAR(*cct_of_exif_illuminant(21), 6504, 10);
  EXPECT_NEAR(*cct_of_exif_illuminant(23), 5003, 10);
  EXPECT_NEAR(*cct_of_exif_illuminant(24), 3200, 1);
  for (int code : {-1, 0, 5, 8, 25, 255, 65535}) EXPECT_FALSE(cct_of_exif_illuminant(code)) << code;
}

TEST(Color, MatricesAreLinearInReciprocalTemperature) {
  expect_near(xyz_to_camera_at(kTwo, 2856), kCanonTungsten, 1e-7);
  expect_near(xyz_to_camera_at(kTwo, 6504), kCanon, 1e-7);
  expect_near(xyz_to_camera_at(kTwo, 1000), kCanonTungsten, 0);
  expect_near(xyz_to_camera_at(kTwo, 20000), kCanon, 0);
  for (double w : {.25, .5, .75}) {
    const float t = static_cast<float>(1 / ((1 - w) / 2856 + w / 6504));
    const Mat3 m = xyz_to_camera_at(kTwo, t);
    for (int i = 0; i < 9; i++) EXPECT_NEAR(m[i], (1 - w) * kCanonTungsten[i] + w * kCanon[i], 1e-6);
  }
  const std::vector<ColorCorrection> corrections{{3000, {2, -1, 0, 0, 1, 0, 0, 0, 1}}, {6000, kIdentity3}};
  EXPECT_NEAR(correction_at(corrections, 4000)[0], 1.5, 1e-6);
  EXPECT_NEAR(correction_at(corrections, 4000)[1], -.5, 1e-6);
  expect_near(xyz_to_camera_at(kOne, 3000), kCanon, 0);
}

TEST(Color, GreenerLightNeedsLessGreen) {
  const Vec3 on = *gains_of_cct(kOne, 5000), same = *gains_of_light(kOne, {5000, 0}), greener = *gains_of_light(kOne, {5000, .01f});
  for (std::size_t c = 0; c < 3; c++) EXPECT_NEAR(on[c], same[c], 1e-5);
  EXPECT_GT(greener[0], on[0]);
  EXPECT_GT(greener[2], on[2]);
  EXPECT_FALSE(gains_of_light(std::span<const ColorMatrix>{}, {5000, 0}));
  EXPECT_FALSE(gains_of_light(kOne, {0, 0}));
  EXPECT_FALSE(gains_of_light(kOne, {5000, std::nanf("")}));
}

TEST(Color, GainsUndoTheResponseToWhite) {
  const Vec3 gains = *gains_of_cct(kOne, 6504);
  const Chromaticity w = chromaticity_of_cct(6504);
  const Vec3 response = multiply(kCanon, Vec3{w.x / w.y, 1, (1 - w.x - w.y) / w.y});
  EXPECT_EQ(gains[1], 1);
  EXPECT_NEAR(gains[0] * response[0], response[1], 1e-5);
  EXPECT_NEAR(gains[2] * response[2], response[1], 1e-5);
  EXPECT_FALSE(gains_of_cct(std::span<const ColorMatrix>{}, 5000));
  EXPECT_FALSE(gains_of_cct(std::span<const CctPoint>{}, 5000));
  const std::vector<ColorMatrix> negative{{6504, {-1, 0, 0, 0, 1, 0, 0, 0, 1}}};
  EXPECT_FALSE(gains_of_cct(negative, 5000));
}

TEST(Color, GainsThereAndBack) {
  for (float t = 2000; t <= 12000; t *= 1.05f) {
    for (const auto* matrices : {&kOne, &kTwo}) {
      const auto back = cct_of_gains(*matrices, *gains_of_cct(*matrices, t));
      ASSERT_TRUE(back) << t;
      EXPECT_NEAR(back->cct, t, .005 * t);
      EXPECT_NEAR(back->duv, 0, 2e-4);
    }
  }
  for (float t = 2964; t <= 7590; t *= 1.03f) {
    const auto back = cct_of_gains(kCurve, *gains_of_cct(kCurve, t));
    ASSERT_TRUE(back);
    EXPECT_NEAR(back->cct, t, .001 * t);
    EXPECT_NEAR(back->duv, 0, 1e-5);
  }
}

TEST(Color, CurveIsExactAtItsPointsAndClampedOutside) {
  const Vec3 at = *gains_of_cct(kCurve, 4640);
  EXPECT_NEAR(at[0], 1 / .5168, 1e-5);
  EXPECT_NEAR(at[2], 1 / .5419, 1e-5);
  EXPECT_EQ(*gains_of_cct(kCurve, 1000), *gains_of_cct(kCurve, 2964));
  EXPECT_EQ(*gains_of_cct(kCurve, 50000), *gains_of_cct(kCurve, 7590));
  EXPECT_GT(cct_of_gains(kCurve, {at[0] * 1.05f, 1, at[2] * 1.05f})->duv, .03f);  // greenish light
  EXPECT_LT(cct_of_gains(kCurve, {at[0] * .95f, 1, at[2] * .95f})->duv, -.03f);
}

TEST(Color, GainsWithoutAnAnswer) {
  for (const Vec3& gains : {Vec3{0, 1, 1}, Vec3{1, -1, 1}, Vec3{1, 1, std::nanf("")}, Vec3{std::numeric_limits<float>::infinity(), 1, 1}}) {
    EXPECT_FALSE(cct_of_gains(kTwo, gains));
    EXPECT_FALSE(cct_of_gains(kCurve, gains));
  }
  EXPECT_FALSE(cct_of_gains(std::span<const ColorMatrix>{}, {1, 1, 1}));
  EXPECT_FALSE(cct_of_gains(std::span<const CctPoint>{}, {1, 1, 1}));
  const std::vector<ColorMatrix> singular{{6504, {1, 1, 1, 1, 1, 1, 0, 0, 1}}};
  EXPECT_FALSE(cct_of_gains(singular, {1, 1, 1}));
  EXPECT_FALSE(camera_to_srgb(singular, 5000));
}

// dcraw's way, spelled out and solved by elimination instead of the adjugate.
Mat3 dcraw_matrix(const Mat3& xyz_to_camera) {
  const double rgb_xyz[3][3] = {{.412453, .357580, .180423}, {.212671, .715160, .072169}, {.019334, .119193, .950227}};
  double m[3][6] = {};
  for (int i = 0; i < 3; i++) {
    double sum = 0;
    for (int j = 0; j < 3; j++) {
      for (int k = 0; k < 3; k++) m[i][j] += static_cast<double>(xyz_to_camera[3 * i + k]) * rgb_xyz[k][j];
      sum += m[i][j];
    }
    for (int j = 0; j < 3; j++) m[i][j] /= sum;
    m[i][3 + i] = 1;
  }
  for (int i = 0; i < 3; i++) {
    const double pivot = m[i][i];
    for (double& v : m[i]) v /= pivot;
    for (int r = 0; r < 3; r++) {
      if (r == i) continue;
      const double f = m[r][i];
      for (int j = 0; j < 6; j++) m[r][j] -= f * m[i][j];
    }
  }
  Mat3 out{};
  for (int i = 0; i < 9; i++) out[i] = static_cast<float>(m[i / 3][3 + i % 3]);
  return out;
}

TEST(Color, OneMatrixIsDcraws) {
  expect_near(*camera_to_srgb(kOne, 5000), dcraw_matrix(kCanon), 2e-3);  // dcraw's sRGB has other last digits
  expect_white_stays_white(*camera_to_srgb(kOne, 5000));
  EXPECT_EQ(*camera_to_srgb(kOne, 3000), *camera_to_srgb(kOne, 8000));
}

TEST(Color, TwoMatricesKeepWhiteAtEveryLight) {
  for (float t : {2000.f, 2856.f, 3500.f, 5000.f, 6504.f, 10000.f}) expect_white_stays_white(*camera_to_srgb(kTwo, t));
  EXPECT_NE(*camera_to_srgb(kTwo, 3000), *camera_to_srgb(kTwo, 6000));
  EXPECT_FALSE(camera_to_srgb({}, 5000));
}

TEST(Color, TwoMatricesAtTheirOwnLightAreTheMatrixInverted) {
  // At 6504 K nothing is adapted, so camera colors of an sRGB color come back.
  const Mat3 m = *camera_to_srgb(kTwo, 6504);
  const Vec3 gains = *gains_of_cct(kTwo, 6504), srgb{.8f, .2f, .1f};
  Vec3 camera = multiply(kCanon, multiply(kSrgbToXyz, srgb));
  const Vec3 white = multiply(kCanon, multiply(kSrgbToXyz, Vec3{1, 1, 1}));
  for (int c = 0; c < 3; c++) camera[c] *= gains[c] / white[1];
  const Vec3 back = multiply(m, camera);
  for (int c = 0; c < 3; c++) EXPECT_NEAR(back[c], srgb[c], 2e-3);
}

TEST(Color, BradfordAsPublished) {
  // Lindbloom's A to D65; his whites are those of ASTM E308.
  const Chromaticity a{1.09850f / (1.09850f + 1 + .35585f), 1 / (1.09850f + 1 + .35585f)};
  const Chromaticity d65{.95047f / (.95047f + 1 + 1.08883f), 1 / (.95047f + 1 + 1.08883f)};
  expect_near(bradford(a, d65), {.8446965f, -.1179225f, .3948108f, -.1366303f, 1.1041226f, .1291718f, .0798489f, -.1348999f, 3.1924009f},
              2e-5);
  expect_near(bradford(d65, d65), kIdentity3, 1e-6);
  expect_near(multiply(bradford(a, d65), bradford(d65, a)), kIdentity3, 1e-5);
  expect_near(bradford({0, 0}, d65), kIdentity3, 0);
}

TEST(Color, AngularError) {
  EXPECT_NEAR(angular_error({1, 1, 1}, {2, 2, 2}), 0, 1e-4);
  EXPECT_NEAR(angular_error({1, 0, 0}, {0, 1, 0}), 90, 1e-4);
  EXPECT_NEAR(angular_error({1, 0, 0}, {1, 1, 0}), 45, 1e-4);
  EXPECT_NEAR(angular_error({1, 1, 1}, {1, 1, 1.0001f}), .00270, 1e-4);  // where acos would have lost it
  EXPECT_TRUE(std::isnan(angular_error({0, 0, 0}, {1, 1, 1})));
}

TEST(Color, SrgbTransferFunction) {
  EXPECT_NEAR(srgb_encode(.18f), .461356, 1e-5);
  EXPECT_NEAR(srgb_encode(1), 1, 1e-6);
  EXPECT_NEAR(srgb_encode(.001f), .01292, 1e-7);
  EXPECT_NEAR(srgb_encode(-.1f), -1.292, 1e-6);
  for (float v = -.1f; v < 1.5f; v += .01f) EXPECT_NEAR(srgb_decode(srgb_encode(v)), v, 2e-6);
}

}  // namespace
}  // namespace argent
