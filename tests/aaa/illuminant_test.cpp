#include "aaa/illuminant.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

IlluminantPrior imx708() {
  return {{{2964, .7451f, .3213f}, {3610, .6119f, .4443f}, {4640, .5168f, .5419f}, {5910, .4436f, .6229f}, {7590, .3847f, .6921f}}};
}

/// Blocks of 4 x 3 zones of one paint each under a light that varies slowly; `grey` of the blocks have no color of their own.
Statistics scene(Vec3 light, double grey, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> unit(0, 1);
  Statistics s;
  std::array<Vec3, 64> paints{};
  for (Vec3& paint : paints) {
    const float level = static_cast<float>(.05 + .85 * unit(random));
    paint = {level, level, level};
    if (unit(random) < grey) continue;
    for (float& p : paint) p *= static_cast<float>(std::exp(1.2 * (unit(random) - .5)));
  }
  for (int y = 0; y < s.rows; y++) {
    for (int x = 0; x < s.columns; x++) {
      Statistics::Zone& zone = s.zone(x, y);
      const float shade = static_cast<float>(.6 * (.7 + .3 * std::sin(.5 * x + .3 * y)) * (1 + .1 * unit(random)));
      const Vec3& paint = paints[static_cast<std::size_t>(y / 3 * 8 + x / 4)];
      for (int c = 0; c < 3; c++) zone.mean[c] = zone.unclipped[c] = std::min(paint[c] * light[c] * shade, .94f);
      zone.count = zone.unclipped_count = {1000, 2000, 1000};
    }
  }
  return s;
}

float error_of(const Illuminant& light, const Vec3& truth) {
  return angular_error({std::exp(light.mean[0]), 1, std::exp(light.mean[1])}, truth);
}

void expect_sound(const Illuminant& light, std::string_view name) {
  for (float v : light.mean) EXPECT_TRUE(std::isfinite(v)) << name;
  for (float v : light.covariance) EXPECT_TRUE(std::isfinite(v)) << name;
  EXPECT_GE(light.covariance[0], 0) << name;
  EXPECT_GE(light.covariance[2], 0) << name;
  EXPECT_GE(light.evidence, 0) << name;
  EXPECT_LE(light.evidence, 1) << name;
}

TEST(Illuminant, TableMakesEveryNameAndNoOther) {
  EXPECT_EQ(illuminant_estimator_names().size(), 11u);
  for (std::string_view name : illuminant_estimator_names()) EXPECT_NE(make_illuminant_estimator(name), nullptr);
  try {
    make_illuminant_estimator("gray_world");
    FAIL() << "an unknown name was accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("gray_world"), std::string::npos);
    for (std::string_view name : illuminant_estimator_names()) EXPECT_NE(std::string(error.what()).find(name), std::string::npos);
  }
}

TEST(Illuminant, GreySceneIsTheLightForAll) {
  const Vec3 light{.5f, 1, .6f};
  const Statistics s = scene(light, 1, 1);
  for (std::string_view name : illuminant_estimator_names()) {
    const Illuminant found = make_illuminant_estimator(name)->estimate(s, {});
    EXPECT_LT(error_of(found, light), .05f) << name;
    EXPECT_GT(found.evidence, 0) << name;
  }
}

TEST(Illuminant, OneColorAloneIsNextToNoEvidence) {
  // A wall that fills the frame, with the grain of real zones.
  for (const float grain : {0.0f, .002f, .005f}) {
    Statistics s = scene({.5f, 1, .6f}, 1, 1);
    std::mt19937 random(5);
    std::normal_distribution<float> noise(0, 1);
    for (auto& zone : s.zones) {
      for (float& v : zone.unclipped) v *= std::exp(grain * noise(random));
    }
    for (std::string_view name : illuminant_estimator_names()) {
      if (name == "rpi_bayes") continue;  // an anchor: the original answers
      EXPECT_LT(make_illuminant_estimator(name)->estimate(s, imx708()).evidence, .02f) << name << " " << grain;
    }
  }
}

TEST(Illuminant, GreyPixelFindsTheGreyAmongPaints) {
  double worst = 0;
  for (const Vec3& light : {Vec3{.7451f, 1, .3213f}, Vec3{.5168f, 1, .5419f}, Vec3{.3847f, 1, .6921f}}) {
    for (unsigned seed = 1; seed <= 20; seed++) {
      const Illuminant found = make_illuminant_estimator("grey_pixel")->estimate(scene(light, .4, seed), imx708());
      worst = std::max<double>(worst, error_of(found, light));
      EXPECT_GT(found.evidence, .3f);
    }
  }
  EXPECT_LT(worst, 2);
}

TEST(Illuminant, GreyPixelNeedsNoCurve) {
  const Vec3 light{.5168f, 1, .5419f};
  double pixel = 0, world = 0;
  for (unsigned seed = 1; seed <= 20; seed++) {
    const Statistics s = scene(light, .4, seed);
    pixel += error_of(make_illuminant_estimator("grey_pixel")->estimate(s, {}), light) / 20;
    world += error_of(make_illuminant_estimator("grey_world")->estimate(s, {}), light) / 20;
  }
  EXPECT_LT(pixel, 2);
  EXPECT_LT(pixel, world);
}

TEST(Illuminant, ExposureHasNoSay) {
  Statistics s = scene({.5f, 1, .6f}, .4, 3), half = s;
  for (auto& zone : half.zones) {
    for (int c = 0; c < 3; c++) zone.unclipped[c] *= .5f;
  }
  for (std::string_view name : illuminant_estimator_names()) {
    const auto estimator = make_illuminant_estimator(name);
    const Illuminant a = estimator->estimate(s, imx708()), b = estimator->estimate(half, imx708());
    EXPECT_NEAR(a.mean[0], b.mean[0], 2e-4) << name;  // rpi_bayes adds one code to green
    EXPECT_NEAR(a.mean[1], b.mean[1], 2e-4) << name;
  }
}

TEST(Illuminant, SameQuestionSameAnswer) {
  const Statistics s = scene({.5f, 1, .6f}, .4, 4);
  for (std::string_view name : illuminant_estimator_names()) {
    const auto estimator = make_illuminant_estimator(name);
    const Illuminant a = estimator->estimate(s, imx708());
    estimator->estimate(scene({.9f, 1, .3f}, .1, 5), imx708());
    const Illuminant b = estimator->estimate(s, imx708());
    EXPECT_EQ(a.mean, b.mean) << name;
    EXPECT_EQ(a.covariance, b.covariance) << name;
    EXPECT_EQ(a.evidence, b.evidence) << name;
  }
}

TEST(Illuminant, OneColorIsLittleEvidence) {
  Statistics wall = scene({.5f, 1, .6f}, 1, 6);
  const Statistics varied = scene({.5f, 1, .6f}, .4, 6);
  const auto estimator = make_illuminant_estimator("grey_pixel");
  const float plain = estimator->estimate(wall, {}).evidence, rich = estimator->estimate(varied, {}).evidence;
  EXPECT_GT(plain, 0);
  EXPECT_LT(plain, .3f * rich);
}

TEST(Illuminant, ALargeObjectDoesNotOutvoteTheRest) {
  const Vec3 light{.5168f, 1, .5419f};
  Statistics s = scene(light, .6, 7);
  for (int y = 0; y < s.rows; y++) {
    for (int x = 0; x < s.columns / 2; x++) s.zone(x, y).unclipped = {.06f, .25f, .07f};  // half green paper
  }
  const float pixel = error_of(make_illuminant_estimator("grey_pixel")->estimate(s, {}), light);
  const float world = error_of(make_illuminant_estimator("grey_world")->estimate(s, {}), light);
  EXPECT_LT(pixel, 3);
  EXPECT_LT(pixel, world / 2);
}

/// The left `share` of the columns is paint, in a checker of two colors; the rest grey in light and shade.
Statistics half_painted(const Vec3& light, double share, const Vec3& one, const Vec3& other) {
  Statistics s = scene(light, 1, 1);
  for (int y = 0; y < s.rows; y++) {
    for (int x = 0; x < s.columns; x++) {
      const float level = (x + y) % 2 ? .3f : .6f;
      const Vec3& paint = (x + y) % 2 ? one : other;
      for (int c = 0; c < 3; c++) s.zone(x, y).unclipped[c] = light[c] * level * (x < share * s.columns ? paint[c] : 1);
    }
  }
  return s;
}

TEST(Illuminant, EdgesBetweenPaintsAreNotGrey) {
  // Two paints whose mean is off by 20 % in red: their border betrays them, though each lies near the light.
  const Vec3 light{.5f, 1, .6f};
  const Statistics s = half_painted(light, .5, {1.2f, 1, 1.2f}, {1.2f, 1, .85f});
  EXPECT_LT(error_of(make_illuminant_estimator("grey_pixel")->estimate(s, {}), light), 1.2f);
  EXPECT_GT(error_of(make_illuminant_estimator("grey_world")->estimate(s, {}), light), 2);
}

TEST(Illuminant, AreaAloneDoesNotDecide) {
  // One paint in light and shade looks as grey to the contrast as grey does. Of three quarters against one, votes by area would
  // put the answer at 0.75 of the way or more; votes by the root of the area, at 0.63.
  const Vec3 light{.5f, 1, .6f}, paint{std::exp(.11f), 1, 1};
  const Illuminant found = make_illuminant_estimator("grey_pixel")->estimate(half_painted(light, .75, paint, paint), {});
  EXPECT_NEAR((found.mean[0] - std::log(.5f)) / .11f, .64, .03);
}

TEST(Illuminant, NearTheReachOfTheCurveZonesFadeOut) {
  // A paint that moves away from the curve leaves without a jump.
  const IlluminantPrior prior = imx708();
  const auto estimator = make_illuminant_estimator("grey_pixel");
  Illuminant before;
  for (int i = 0; i < 60; i++) {
    const float off = std::exp(-.12f - .001f * static_cast<float>(i));
    const Illuminant now = estimator->estimate(half_painted({.5168f, 1, .5419f}, .6, {off, 1, off}, {off, 1, off}), prior);
    if (i > 0) {
      EXPECT_NEAR(now.mean[0], before.mean[0], .004) << off;
    }
    before = now;
  }
}

TEST(Illuminant, CurvePullsAcrossAndNotAlong) {
  // Grey under a greenish light: between what is seen and what the sensor's whites are.
  const IlluminantPrior prior = imx708();
  const Vec3 light{.5168f * .93f, 1, .5419f * .93f};
  const auto estimator = make_illuminant_estimator("grey_pixel");
  const Statistics s = scene(light, 1, 8);
  const Illuminant free = estimator->estimate(s, {}), pulled = estimator->estimate(s, prior);
  const auto duv = [&](const Illuminant& l) {
    return cct_of_gains(std::span<const CctPoint>(prior.curve), {std::exp(-l.mean[0]), 1, std::exp(-l.mean[1])})->duv;
  };
  EXPECT_GT(duv(free), .05f);
  EXPECT_LT(duv(pulled), .8f * duv(free));
  EXPECT_GT(duv(pulled), 0);
  EXPECT_LT(pulled.covariance[0] + pulled.covariance[2], free.covariance[0] + free.covariance[2]);
}

TEST(Illuminant, ClippedAndDarkZonesSayNothing) {
  const Vec3 light{.5f, 1, .6f};
  Statistics s = scene(light, 1, 9);
  for (int x = 0; x < s.columns; x++) {
    for (int y = 0; y < 8; y++) {
      s.zone(x, y).unclipped = {.9f, .3f, .1f};
      s.zone(x, y).unclipped_count = {400, 800, 400};
    }
    for (int y = 8; y < 12; y++) s.zone(x, y).unclipped = {.001f, .0015f, .004f};
  }
  for (std::string_view name : illuminant_estimator_names()) {
    if (name == "rpi_bayes") continue;  // an anchor: the original takes such zones
    EXPECT_LT(error_of(make_illuminant_estimator(name)->estimate(s, {}), light), .1f) << name;
  }
}

TEST(Illuminant, NothingSeenIsNoEvidence) {
  const float nan = std::nanf(""), inf = std::numeric_limits<float>::infinity();
  for (const std::array<float, 3>& value : {std::array<float, 3>{0, 0, 0},
                                            {1, 1, 1},
                                            {nan, nan, nan},
                                            {.2f, nan, .2f},
                                            {inf, 1, 1},
                                            {-1, .5f, .5f},
                                            {1e30f, 1e30f, 1e30f},
                                            {.3f, 0, .3f}}) {
    Statistics s = scene({1, 1, 1}, 1, 1);
    for (auto& zone : s.zones) zone.unclipped = value;
    for (std::string_view name : illuminant_estimator_names()) {
      const Illuminant found = make_illuminant_estimator(name)->estimate(s, imx708());
      expect_sound(found, name);
      EXPECT_EQ(found.evidence, 0) << name << " with " << value[0];
    }
  }
  for (std::string_view name : illuminant_estimator_names()) {
    EXPECT_EQ(make_illuminant_estimator(name)->estimate(Statistics{}, {}).evidence, 0) << name;
  }
}

/// Columns x rows of zones of one color, R/G and B/G.
Statistics plain(int columns, int rows, float red, float blue) {
  Statistics s;
  s.columns = columns;
  s.rows = rows;
  for (auto& zone : s.zones) {
    zone.mean = zone.unclipped = {.4f * red, .4f, .4f * blue};
    zone.count = zone.unclipped_count = {1000, 2000, 1000};
  }
  return s;
}

/// What rpi_bayes finds for zones of one color half way from 3610 to 4640 K, with a log-prior that rises by `rise` in that interval.
Illuminant half_way(int columns, int rows, float rise) {
  IlluminantPrior prior = imx708();
  prior.lux_priors = {{0, {{3610, 0}, {4640, rise}}}};
  const float red = (.6119f + .5168f) / 2, blue = (.4443f + .5419f) / 2;
  return make_illuminant_estimator("rpi_bayes")->estimate(plain(columns, rows, red, blue), prior);
}

TEST(RpiBayes, TheCurveIsLinearInKelvin) {
  const Illuminant found = half_way(16, 12, 0);
  EXPECT_NEAR(found.mean[0], std::log(.56435f), 1e-3);
  EXPECT_NEAR(found.mean[1], std::log(.4931f), 1e-3);
  EXPECT_EQ(found.evidence, 1);
}

TEST(RpiBayes, APriorPullsHarderOnFewerZones) {
  // On the curve the cost of n zones is n k (cct - 4125)^2 with k = (0.0951 / 0.56435)^2 + (0.0976 / 0.4931)^2 per 1030^2 K^2 =
  // 0.0676 / 1030^2, so a log-prior of p (cct - 3610) / 1030 moves the answer by p / (2 n 0.0676) of the interval.
  for (const auto& [columns, rows] : {std::array{16, 12}, std::array{32, 24}}) {
    const double moved = 5 / (2 * columns * rows * 0.0676);
    const Illuminant found = half_way(columns, rows, 5);
    EXPECT_NEAR(std::exp(found.mean[0]), .56435 - .0951 * moved, .0951 * .02) << columns;
    EXPECT_NEAR(std::exp(found.mean[1]), .4931 + .0976 * moved, .0976 * .02) << columns;
  }
}

TEST(RpiBayes, AModeWiderThanTheCurveIsSearchedBeyondItsEnds) {
  IlluminantPrior prior = imx708();
  prior.lux_priors = {{0, {{2000, 0}}}};
  prior.min_cct = 2500;
  prior.max_cct = 7700;
  // 2700 K, on the line through the first two points.
  const float red = .7451f + .1332f * 264 / 646, blue = .3213f - .123f * 264 / 646;
  const Illuminant found = make_illuminant_estimator("rpi_bayes")->estimate(plain(16, 12, red, blue), prior);
  EXPECT_NEAR(found.mean[0], std::log(red), 1e-3);
  EXPECT_NEAR(found.mean[1], std::log(blue), 1e-3);
}

TEST(RpiBayes, TenZonesAreNoAnswer) {
  Statistics s = plain(16, 12, .5f, .5f);
  for (int i = 0; i < 16 * 12; i++)
    s.zones[static_cast<std::size_t>(i)].unclipped_count =
        i < 11 ? std::array<std::uint32_t, 3>{16, 32, 16} : std::array<std::uint32_t, 3>{15, 32, 16};
  const auto estimator = make_illuminant_estimator("rpi_bayes");
  EXPECT_FLOAT_EQ(estimator->estimate(s, imx708()).evidence, 11.0f / 192);
  s.zones[0].unclipped[1] = 31.0f / 65536;  // darker than min_G
  EXPECT_EQ(estimator->estimate(s, imx708()).evidence, 0);
}

TEST(RpiBayes, WithoutACurveItIsTheMiddleHalfOfTheZones) {
  Statistics s = plain(16, 12, .5f, .6f);
  for (int i = 0; i < 48; i++)
    s.zones[static_cast<std::size_t>(i)].unclipped = i % 2 == 0 ? std::array{.9f, .4f, .9f} : std::array{.01f, .4f, .01f};
  const Illuminant found = make_illuminant_estimator("rpi_bayes")->estimate(s, {});
  EXPECT_NEAR(found.mean[0], std::log(.5f), 1e-4);
  EXPECT_NEAR(found.mean[1], std::log(.6f), 1e-4);
}

TEST(Illuminant, HostileStatisticsNeverMakeNan) {
  std::mt19937 random(1);
  const float odd[] = {0, -0.0f, 1, .5f, -1, 1e-30f, 1e30f, 16, .94f, std::nanf(""), std::numeric_limits<float>::infinity(), 1e-3f};
  const int sizes[] = {32, 24, 1, 2, 0, -1, 33, 1 << 30, -2147483647};
  for (int trial = 0; trial < 300; trial++) {
    Statistics s;
    s.columns = sizes[random() % std::size(sizes)];
    s.rows = sizes[random() % std::size(sizes)];
    for (auto& zone : s.zones) {
      for (int c = 0; c < 3; c++) {
        zone.unclipped[c] = random() % 3 ? static_cast<float>(random() % 1000) * 1e-3f : odd[random() % std::size(odd)];
        zone.count[c] = random() % 4 ? 100 : static_cast<std::uint32_t>(random());
        zone.unclipped_count[c] = random() % 4 ? 100 : static_cast<std::uint32_t>(random());
      }
      zone.dark = random() % 8 ? 0 : odd[random() % std::size(odd)];
    }
    for (std::string_view name : illuminant_estimator_names()) {
      expect_sound(make_illuminant_estimator(name)->estimate(s, trial % 2 ? imx708() : IlluminantPrior{}), name);
    }
  }
}

}  // namespace
}  // namespace argent
