#include "calibration/training/zone_exposure.h"

#include <gtest/gtest.h>

#include <cmath>

namespace argent {
namespace {

constexpr int kColumns = 8, kRows = 6;

std::vector<ZoneLight> flat(float level, float contrast = .1f) {
  return std::vector<ZoneLight>(kColumns * kRows, {{.5f * level, level, .7f * level}, contrast});
}

ZoneExposure perfect() {
  ZoneExposure e;
  e.full_well = 1e12f;
  e.read_noise = 0;
  return e;
}

TEST(ZoneExposure, APerfectSensorCountsTheLight) {
  SceneRandom random(1, SceneStream::kZones, 0);
  const Statistics s = expose(flat(.2f), kColumns, kRows, perfect(), random);
  EXPECT_EQ(s.columns, kColumns);
  EXPECT_EQ(s.rows, kRows);
  for (int i = 0; i < kColumns * kRows; i++) {
    const Statistics::Zone& zone = s.zones[static_cast<std::size_t>(i)];
    EXPECT_NEAR(zone.mean[0], .1f, 1e-5);
    EXPECT_NEAR(zone.unclipped[1], .2f, 1e-5);
    EXPECT_NEAR(zone.unclipped[2], .14f, 1e-5);
    EXPECT_EQ(zone.clipped + zone.dark, 0);
    EXPECT_EQ(zone.unclipped_count, zone.count);
    EXPECT_EQ(zone.count[1], 2 * zone.count[0]);
  }
  EXPECT_EQ(s.zones[kColumns * kRows].count[1], 0u) << "beyond the grid";
}

/// The closed forms against the mean of many pixels.
TEST(ZoneExposure, ClippingIsThatOfLogNormalPixels) {
  for (const float level : {.5f, .8f, 1.1f, 2.0f}) {
    constexpr float kContrast = .4f;
    double clipped = 0, unclipped = 0, mean = 0;
    constexpr int kPixels = 200'000;
    for (int i = 0; i < kPixels; i++) {
      // Quantiles of the normal distribution by bisection of its distribution function.
      const double p = (i + .5) / kPixels;
      double low = -6, high = 6;
      for (int step = 0; step < 40; step++) (std::erfc(-(low + high) / 2 / std::sqrt(2.0)) / 2 < p ? low : high) = (low + high) / 2;
      const double pixel = level * std::exp(kContrast * low - kContrast * kContrast / 2);
      mean += std::min(pixel, 1.0) / kPixels;
      (pixel >= 1 ? clipped : unclipped) += pixel >= 1 ? 1.0 / kPixels : pixel / kPixels;
    }
    SceneRandom random(1, SceneStream::kZones, 0);
    const Statistics::Zone zone = expose(flat(level, kContrast), kColumns, kRows, perfect(), random).zones[0];
    EXPECT_NEAR(zone.clipped, clipped, 1e-3) << level;
    EXPECT_NEAR(zone.unclipped[1], unclipped / (1 - clipped), 2e-3) << level;
    EXPECT_NEAR(zone.mean[1], mean, 2e-3) << level;
    EXPECT_NEAR(zone.unclipped[0] / zone.unclipped[1], .5, 1e-4) << "the color stays";
    EXPECT_NEAR(zone.unclipped_count[1], zone.count[1] * (1 - clipped), 2);
  }
}

TEST(ZoneExposure, ZonesFarAboveSaturationHaveNoColor) {
  SceneRandom random(1, SceneStream::kZones, 0);
  const Statistics::Zone zone = expose(flat(20), kColumns, kRows, perfect(), random).zones[0];
  EXPECT_EQ(zone.unclipped_count[1], 0u);
  EXPECT_EQ(zone.clipped, 1);
  EXPECT_NEAR(zone.mean[0], 1, 1e-4);
}

TEST(ZoneExposure, CornersSaturateAboveOne) {
  ZoneExposure e = perfect();
  e.lens_falloff = 1;
  SceneRandom random(1, SceneStream::kZones, 0);
  const Statistics s = expose(flat(1.2f, .02f), kColumns, kRows, e, random);
  EXPECT_EQ(s.zone(0, 0).unclipped_count, s.zone(0, 0).count) << "shading put more than a fifth back";
  EXPECT_EQ(s.zone(kColumns / 2, kRows / 2).unclipped_count[1], 0u);
}

TEST(ZoneExposure, DarkPixelsAreCounted) {
  SceneRandom random(1, SceneStream::kZones, 0);
  EXPECT_EQ(expose(flat(1e-4f), kColumns, kRows, perfect(), random).zones[0].dark, 1);
  EXPECT_EQ(expose(flat(0), kColumns, kRows, perfect(), random).zones[0].dark, 1);
}

/// Standard deviation of log R/G over the zones of a flat scene, and its mean green, over exposures that are drawn for this much light.
struct Seen {
  double noise = 0, level = 0;
};
Seen seen_at(float lux) {
  Seen out;
  constexpr int kDraws = 200;
  for (std::uint64_t draw = 0; draw < kDraws; draw++) {
    SceneRandom random(5, SceneStream::kScene, draw), grain(5, SceneStream::kZones, draw);
    ZoneExposure e = draw_exposure(flat(.3f), lux, random);
    e.shading_error = e.black_error = {};  // which are no noise
    e.lens_falloff = 0;
    const Statistics s = expose(flat(.3f), kColumns, kRows, e, grain);
    double sum = 0, squares = 0;
    constexpr double kZones = kColumns * kRows;
    for (int i = 0; i < kColumns * kRows; i++) {
      const Statistics::Zone& zone = s.zones[static_cast<std::size_t>(i)];
      const double u = std::log(double(std::max(zone.mean[0], 1e-6f)) / double(std::max(zone.mean[1], 1e-6f)));
      sum += u / kZones;
      squares += u * u / kZones;
      out.level += double(zone.mean[1]) / kZones / kDraws;
    }
    out.noise += std::sqrt(std::max(squares - sum * sum, 0.0)) / kDraws;
  }
  return out;
}

TEST(ZoneExposure, NoiseGrowsWhenLightFalls) {
  const Seen sun = seen_at(50'000), room = seen_at(100), lamp = seen_at(10), night = seen_at(1);
  EXPECT_GT(room.noise, 1.02 * sun.noise);
  EXPECT_GT(lamp.noise, 1.5 * room.noise);
  EXPECT_GT(night.noise, 2 * lamp.noise);
  EXPECT_NEAR(sun.level, room.level, .02) << "the exposure makes up for it";
  EXPECT_LT(night.level, .6 * sun.level) << "until it can't";
}

}  // namespace
}  // namespace argent
