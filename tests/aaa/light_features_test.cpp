#include "aaa/illuminants/light_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace argent {
namespace {

IlluminantPrior imx708(float lux = 200) {
  IlluminantPrior prior{
      {{2964, .7451f, .3213f}, {3610, .6119f, .4443f}, {4640, .5168f, .5419f}, {5910, .4436f, .6229f}, {7590, .3847f, .6921f}}};
  prior.lux = lux;
  return prior;
}

/// Stripes of grey and of one paint under a light.
Statistics stripes(const Vec3& light, int columns = 32, int rows = 24) {
  Statistics s;
  s.columns = columns;
  s.rows = rows;
  for (int y = 0; y < rows; y++) {
    for (int x = 0; x < columns; x++) {
      Statistics::Zone& zone = s.zone(x, y);
      const Vec3 paint = x * 8 / columns % 2 == 0 ? Vec3{.3f, .3f, .3f} : Vec3{.27f, .15f, .1f};
      for (int c = 0; c < 3; c++) zone.mean[c] = zone.unclipped[c] = paint[c] * light[c];
      zone.count = zone.unclipped_count = {1000, 2000, 1000};
    }
  }
  return s;
}

Vec3 white_at(const IlluminantPrior& prior, float mired) {
  const Vec3 gains = *gains_of_cct(prior.curve, 1e6f / mired);
  return {1 / gains[0], 1, 1 / gains[2]};
}

TEST(LightFeatures, CandidatesAreTheGridWithinTheSensorsCurve) {
  const LightFeatures f = light_features(stripes({.5f, 1, .6f}), imx708());
  ASSERT_FALSE(f.candidates.empty());
  for (std::size_t i = 0; i < f.candidates.size(); i++)
    EXPECT_LE(std::abs(f.candidates[i].mired - mired_of_light(f.first + static_cast<int>(i))), 3.001f);
  EXPECT_NEAR(f.candidates.front().mired, 1e6f / 7590, 3);
  EXPECT_NEAR(f.candidates.back().mired, 1e6f / 2964, 3);
  IlluminantPrior narrow = imx708();
  narrow.min_cct = narrow.max_cct = 5000;
  EXPECT_GE(light_features(stripes({.5f, 1, .6f}), narrow).candidates.size(), 1u) << "a mode of one temperature";
  narrow.min_cct = 1500;
  narrow.max_cct = 2000;
  EXPECT_NEAR(light_features(stripes({.5f, 1, .6f}), narrow).candidates.at(0).mired, 1e6f / 2964, .1f) << "beyond the curve: its end";
  EXPECT_TRUE(light_features(stripes({.5f, 1, .6f}), {}).candidates.empty()) << "no curve";
}

TEST(LightFeatures, SeenFromTheRightLightColorsDoNotDependOnIt) {
  // The histogram at each light's own candidate: the same surfaces, whatever light they are under.
  const IlluminantPrior prior = imx708();
  std::vector<std::vector<float>> seen;
  for (const float mired : {148.0f, 202.0f, 298.0f}) {
    const LightFeatures f = light_features(stripes(white_at(prior, mired)), prior);
    const auto own = static_cast<std::ptrdiff_t>(std::lround((mired - 100) / 6)) - f.first;
    const std::vector<float> histograms = histograms_of(f);
    const auto row = histograms.begin() + own * LightFeatures::kCells;
    seen.emplace_back(row, row + LightFeatures::kCells);
  }
  for (std::size_t i = 1; i < seen.size(); i++) {
    float apart = 0;
    for (std::size_t c = 0; c < seen[0].size(); c++) apart += std::abs(seen[i][c] - seen[0][c]);
    EXPECT_LT(apart, 0.02f) << i;
  }
}

TEST(LightFeatures, SharesAddUpToOne) {
  const LightFeatures f = light_features(stripes({.5f, 1, .6f}), imx708());
  const std::vector<float> histograms = histograms_of(f);
  for (std::size_t i = 0; i < f.candidates.size(); i++) {
    const auto row = histograms.begin() + static_cast<std::ptrdiff_t>(i) * LightFeatures::kCells, middle = row + LightFeatures::kCells / 2;
    EXPECT_NEAR(std::accumulate(row, middle, 0.0f), 1, 1e-4f);
    EXPECT_NEAR(std::accumulate(middle, row + LightFeatures::kCells, 0.0f), 1, 1e-4f);
  }
}

TEST(LightFeatures, MemoryOfAnotherFrameLeavesNoTrace) {
  LightFeatures used = light_features(stripes({.7f, 1, .3f}, 16, 12), imx708(2000));
  light_features(stripes({.5f, 1, .6f}), imx708(), used);
  const LightFeatures fresh = light_features(stripes({.5f, 1, .6f}), imx708());
  EXPECT_EQ(used.planes, fresh.planes);
  EXPECT_EQ(histograms_of(used), histograms_of(fresh));
  EXPECT_EQ(used.strength, fresh.strength);
  EXPECT_EQ(used.looks.greyness, fresh.looks.greyness);
  light_features(stripes({.5f, 1, .6f}), {}, used);
  EXPECT_TRUE(used.candidates.empty());
}

TEST(LightFeatures, PlanesAreTheSameOnAnyGridAndExposure) {
  const Vec3 light{.5f, 1, .6f};
  const LightFeatures full = light_features(stripes(light, 32, 32), imx708());
  for (const auto& [columns, rows] : {std::pair(16, 12), std::pair(32, 24)}) {
    Statistics s = stripes(light, columns, rows);
    for (Statistics::Zone& zone : s.zones) {
      for (float& v : zone.unclipped) v *= 0.7f;
    }
    const LightFeatures other = light_features(s, imx708());
    for (std::size_t i = 0; i < full.planes.size(); i++) ASSERT_NEAR(other.planes[i], full.planes[i], 1e-4f) << columns << " at " << i;
  }
}

TEST(LightFeatures, MaskedZonesAreNotSeen) {
  Statistics s = stripes({.5f, 1, .6f}, 32, 32);
  for (int x = 0; x < 32; x++) s.zone(x, 5).unclipped_count = {};
  const LightFeatures f = light_features(s, imx708());
  constexpr std::size_t kPlane = LightFeatures::kGrid * LightFeatures::kGrid;
  for (std::size_t x = 0; x < 32; x++) {
    for (std::size_t plane = 0; plane < 4; plane++) EXPECT_EQ(f.planes[plane * kPlane + 5 * 32 + x], 0);
    EXPECT_EQ(f.planes[3 * kPlane + 6 * 32 + x], 1);
  }
}

TEST(LightFeatures, AStrengthThatIsNotKnownIsNoNumber) {
  EXPECT_EQ(light_features(stripes({.5f, 1, .6f}), imx708(0)).strength, (std::array<float, 2>{0, 0}));
  const auto known = light_features(stripes({.5f, 1, .6f}), imx708(2000)).strength;
  EXPECT_NEAR(known[0], std::log10(2000.0f) - 2.3f, 1e-6f);
  EXPECT_EQ(known[1], 1);
}

TEST(LightFeatures, NothingToSeeHasNoEvidence) {
  Statistics dark = stripes({1e-5f, 1e-5f, 1e-5f});
  EXPECT_EQ(light_features(dark, imx708()).evidence, 0);
  Statistics clipped = stripes({.5f, 1, .6f});
  for (Statistics::Zone& zone : clipped.zones) zone.unclipped_count = {};
  EXPECT_EQ(light_features(clipped, imx708()).evidence, 0);
}

}  // namespace
}  // namespace argent
