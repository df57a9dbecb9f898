#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "camera/simulation/sensor_color.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/primaries.h"
#include "camera/spectral/reflectances.h"
#include "camera/spectral/sensitivities.h"
#include "isp/color_temperature.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

const std::filesystem::path kSpectra = std::filesystem::path(ARGENT_SOURCE_DIR) / "../shared/data/spectral";

// CIE 15:2004, tables of chromaticities of illuminants.
TEST(Illuminants, HaveTheChromaticitiesOfTheBook) {
  const struct {
    const char* name;
    float x, y;
  } lights[] = {{"A", 0.44758f, 0.40745f}, {"D50", 0.34567f, 0.35851f}, {"D65", 0.31272f, 0.32903f}, {"D75", 0.29903f, 0.31488f},
                {"E", 1 / 3.0f, 1 / 3.0f}, {"FL2", 0.3721f, 0.3751f},   {"FL11", 0.3805f, 0.3769f}};
  for (const auto& light : lights) {
    const Chromaticity found = chromaticity_of(illuminant(light.name));
    EXPECT_NEAR(found.x, light.x, 6e-4) << light.name;
    EXPECT_NEAR(found.y, light.y, 6e-4) << light.name;
  }
  EXPECT_THROW(illuminant("D42"), Error);
}

TEST(Illuminants, NaturalLightIsOnTheLocus) {
  for (float cct = 2200; cct < 12'000; cct += 100) {
    const Chromaticity seen = chromaticity_of(natural_light(cct)), locus = chromaticity_of_cct(cct);
    // Kim's splines are off by up to 0.0004 below 3100 K.
    EXPECT_NEAR(seen.x, locus.x, cct < 3100 ? 1e-3f : 3e-4f) << cct;
    EXPECT_NEAR(seen.y, locus.y, cct < 3100 ? 1e-3f : 3e-4f) << cct;
  }
}

TEST(Illuminants, NaturalLightHasItsTemperatureAndTintItsDuv) {
  for (float cct : {2300.0f, 3200.0f, 4500.0f, 5500.0f, 7500.0f}) {
    EXPECT_NEAR(cct_of_chromaticity(chromaticity_of(natural_light(cct))).cct, cct, 0.012f * cct);
    const float start = cct_of_chromaticity(chromaticity_of(natural_light(cct))).duv;
    for (float duv : {-0.01f, 0.015f}) {
      EXPECT_NEAR(cct_of_chromaticity(chromaticity_of(with_tint(natural_light(cct), duv))).duv - start, duv, 5e-4f);
    }
  }
}

// BabelColor: sRGB of dark skin 115 82 68, of red 175 54 60, within what its D50 to D65 adaptation makes.
TEST(Reflectances, AreTheChecker) {
  const Spectrum light = illuminant("D65");
  const auto srgb = [&](std::size_t patch) { return multiply(kXyzToSrgb, xyz_of(light, checker_reflectances()[patch])); };
  const Vec3 skin = srgb(0), red = srgb(14), neutral = srgb(21);
  EXPECT_NEAR(255 * srgb_encode(skin[0]), 115, 4);
  EXPECT_NEAR(255 * srgb_encode(skin[1]), 82, 4);
  EXPECT_NEAR(255 * srgb_encode(skin[2]), 68, 4);
  EXPECT_NEAR(255 * srgb_encode(red[0]), 175, 8);
  EXPECT_NEAR(neutral[0] / neutral[1], 1, 0.03);
}

TEST(SensorColor, WhiteIsWhatTheTuningSays) {
  Scenario scenario;
  scenario.sensor.model = "imx219";
  scenario.light.cct = 4650;
  const Palette palette = SensorColor(scenario).palette(4650);
  EXPECT_NEAR(palette[0][0], 0.6756, 1e-4);
  EXPECT_NEAR(palette[0][2], 0.6433, 1e-4);
  // Its own matrix brings the red patch back.
  const Mat3 ccm{2.18174f, -0.70887f, -0.47287f, -0.70196f, 2.76426f, -1.06231f, -0.25157f, -0.71978f, 1.97135f};
  const Vec3 red{palette[1][0] / palette[0][0], palette[1][1], palette[1][2] / palette[0][2]};
  const Vec3 xyz = xyz_of(illuminant("D65"), checker_reflectances()[0]), srgb = multiply(kXyzToSrgb, xyz), back = multiply(ccm, red);
  for (std::size_t c = 0; c < 3; c++) EXPECT_NEAR(back[c], srgb[c] / xyz[1], 2e-3);
}

TEST(SensorColor, WarmLightIsRedder) {
  for (const char* model : {"analytic", "imx219", "imx477", "imx708"}) {
    Scenario scenario;
    scenario.sensor.model = model;
    const SensorColor color(scenario);
    const auto curve = color.cct_curve();
    ASSERT_GT(curve.size(), 5u) << model;
    for (std::size_t i = 1; i < curve.size(); i++) {
      EXPECT_LT(curve[i].red, curve[i - 1].red) << model;
      EXPECT_GT(curve[i].blue, curve[i - 1].blue) << model;
    }
    const auto gains = gains_of_cct(color.matrices(), 6504);
    ASSERT_TRUE(gains);
    const Vec3 white = color.palette(6504)[0];
    EXPECT_LT(angular_error(white, {1 / (*gains)[0], 1, 1 / (*gains)[2]}), 2) << model;
  }
}

TEST(Sensitivities, MeasuredCamerasAndLampsAreRead) {
  if (!std::filesystem::exists(kSpectra)) GTEST_SKIP() << "no folder of spectra";
  int cameras = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kSpectra / "cameras")) {
    Scenario scenario;
    scenario.spectra = kSpectra;
    scenario.sensor.model = entry.path().stem().string();
    const Palette palette = SensorColor(scenario).palette(5500);
    EXPECT_GT(palette[0][0], 0.2) << scenario.sensor.model;
    EXPECT_LT(palette[0][0], 1.6) << scenario.sensor.model;
    cameras++;
  }
  EXPECT_EQ(cameras, 38);
  EXPECT_GT(illuminant("HPS", kSpectra)[42], illuminant("HPS", kSpectra)[10]);
  EXPECT_THROW(measured_sensitivities("../cameras/ARRI_D21", kSpectra), Error);
  EXPECT_THROW(measured_sensitivities("none", kSpectra), Error);
}

TEST(Sensitivities, WithoutAFolderAnUnknownCameraIsAnError) {
  Scenario scenario;
  scenario.sensor.model = "imx999";
  EXPECT_THROW(SensorColor{scenario}, Error);
}

TEST(Primaries, AreTheColorsOfRec709AndTogetherWhite) {
  const Spectrum d65 = illuminant("D65");
  const auto primaries = primary_reflectances();
  for (std::size_t p = 0; p < 3; p++) {
    const Vec3 xyz = xyz_of(d65, primaries[p]);
    for (std::size_t c = 0; c < 3; c++) EXPECT_NEAR(xyz[c], kSrgbToXyz[3 * c + p], 3e-4) << p << c;
  }
  for (std::size_t i = 0; i < kSamples; i++) {
    EXPECT_NEAR(primaries[0][i] + primaries[1][i] + primaries[2][i], 1, 2e-4) << i;
    for (const Spectrum& primary : primaries) {
      EXPECT_GE(primary[i], 0) << i;
      EXPECT_LE(primary[i], 1) << i;
    }
  }
}

}  // namespace
}  // namespace argent
