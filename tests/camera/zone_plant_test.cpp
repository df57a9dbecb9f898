#include "camera/simulation/zone_plant.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "camera/simulation/sensor_model.h"

namespace argent {
namespace {

Scenario quiet() {
  Scenario scenario;
  scenario.sensor.noise = 0;
  return scenario;
}

SensorSettings settings(double exposure, float gain = 1, float lens = 1) { return {Microseconds(exposure), gain, lens}; }

TEST(ZonePlant, ADecisionLandsWhenItsLatencySays) {
  for (const auto& [model, latency] : {std::pair{"analytic", 2}, {"imx219", 2}, {"imx708", 2}}) {
    Scenario scenario = quiet();
    scenario.sensor.model = model;
    ZonePlant plant(scenario);
    const double before = plant.next().applied.settings.exposure.count();
    plant.apply(settings(5000, 2));
    for (int frame = 1; frame <= 4; frame++) {
      const Applied& applied = plant.next().applied;
      const bool landed = frame >= 1 + latency;
      EXPECT_EQ(applied.decision, landed ? 1u : 0u) << model << frame;
      EXPECT_NEAR(applied.settings.exposure.count(), landed ? 5000 : before, 31) << model << frame;
      EXPECT_NEAR(applied.settings.analogue_gain, landed ? 2 : 1, 0.15) << model << frame;
      EXPECT_EQ(applied.decision, plant.truth().decision);
    }
  }
}

TEST(ZonePlant, LevelFollowsExposureAndGain) {
  ZonePlant plant(quiet());
  const double before = plant.next().zone(8, 6).mean[1];
  plant.apply(settings(20'000, 2));
  for (int i = 0; i < 2; i++) plant.next();
  const Statistics& after = plant.next();
  const double ratio = after.applied.settings.exposure.count() * 2 / (std::floor(10'000 / 30.0) * 30);
  EXPECT_NEAR(after.zone(8, 6).mean[1] / before, ratio, 1e-4 * ratio);
}

TEST(ZonePlant, SaturatesAndCountsIt) {
  Scenario scenario;
  scenario.light.lux = 1e5;
  ZonePlant plant(scenario);
  const Statistics& seen = plant.next();
  double clipped = 0;
  for (int i = 0; i < 192; i++) clipped += double(seen.zones[static_cast<std::size_t>(i)].clipped) / 192;
  EXPECT_GT(clipped, 0.9);
  EXPECT_GT(seen.luma.back(), 0u);
  for (int i = 0; i < 192; i++) EXPECT_LE(seen.zones[static_cast<std::size_t>(i)].mean[1], 1 / 0.7f);
}

TEST(ZonePlant, FlickerIsTheSincOfTheExposure) {
  for (float hz : {100.0f, 120.0f}) {
    for (double exposure : {1000.0, 4000.0, 9990.0, 13'000.0}) {
      Scenario scenario = quiet();
      scenario.scene.kind = "grey";
      scenario.lens.shading = 0;
      scenario.light.flicker_hz = hz;
      scenario.light.flicker_depth = 0.3f;
      scenario.sensor.exposure_us = static_cast<float>(exposure);
      ZonePlant plant(scenario);
      const Statistics& seen = plant.next();
      const double in_force = seen.applied.settings.exposure.count() * 1e-6;
      double low = 1e9, high = 0;
      for (int i = 0; i < seen.bands; i++) {
        low = std::min(low, double(seen.row_means[static_cast<std::size_t>(i)]));
        high = std::max(high, double(seen.row_means[static_cast<std::size_t>(i)]));
      }
      const double x = M_PI * double(hz) * in_force, expected = 0.3 * std::abs(std::sin(x) / x);
      EXPECT_NEAR((high - low) / (high + low), expected, 0.003) << hz << " " << exposure;
      EXPECT_NEAR(plant.truth().flicker_modulation, expected, 1e-6);
    }
  }
}

TEST(ZonePlant, IsDeterministicBySeed) {
  Scenario scenario;
  scenario.scene.motion = 0.2f;
  scenario.sensor.corrupt_rate = 0.1f;
  ZonePlant a(scenario), b(scenario);
  scenario.seed = 2;
  ZonePlant other(scenario);
  for (int i = 0; i < 20; i++) {
    const Statistics &first = a.next(), &second = b.next();
    EXPECT_EQ(std::memcmp(&first.zones, &second.zones, sizeof first.zones), 0);
    EXPECT_EQ(first.luma, second.luma);
    EXPECT_EQ(first.row_means, second.row_means);
    EXPECT_NE(std::memcmp(&first.zones, &other.next().zones, sizeof first.zones), 0);
    a.truth();  // must not disturb
  }
}

TEST(ZonePlant, DroppedFramesLeaveGaps) {
  Scenario scenario;
  scenario.sensor.drop_rate = 0.3f;
  ZonePlant plant(scenario);
  std::uint64_t last = plant.next().applied.sequence;
  double time = 0;
  int gaps = 0;
  for (int i = 0; i < 300; i++) {
    const Applied applied = plant.next().applied;
    EXPECT_GT(applied.sequence, last);
    gaps += static_cast<int>(applied.sequence - last - 1);
    EXPECT_NEAR(applied.timestamp.count(), double(applied.sequence) * applied.frame_duration.count(), 1);
    EXPECT_GT(applied.timestamp.count(), time);
    time = applied.timestamp.count();
    last = applied.sequence;
  }
  EXPECT_NEAR(double(gaps) / double(last), 0.3, 0.08);
}

TEST(ZonePlant, ABracketIsDeliveredThoughFramesGetLost) {
  Scenario scenario = quiet();
  scenario.sensor.drop_rate = 0.4f;
  for (int seed = 1; seed <= 20; seed++) {
    scenario.seed = seed;
    ZonePlant plant(scenario);
    plant.next();
    const std::vector<SensorSettings> steps{settings(900), settings(1800), settings(3600), settings(7200)};
    plant.apply_bracket(steps);
    std::array<int, 4> seen{};
    for (int i = 0; i < 60; i++) {
      const double exposure = plant.next().applied.settings.exposure.count();
      for (std::size_t k = 0; k < 4; k++) seen[k] += exposure == steps[k].exposure.count();
    }
    EXPECT_EQ(seen, (std::array<int, 4>{1, 1, 1, 1})) << seed;
  }
}

TEST(ZonePlant, DamagedFramesAreFiniteAndRare) {
  Scenario scenario;
  scenario.sensor.corrupt_rate = 0.2f;
  ZonePlant plant(scenario);
  int odd = 0;
  for (int i = 0; i < 300; i++) {
    const Statistics& seen = plant.next();
    const double last = seen.zone(15, 11).mean[1], clean = plant.truth().clean->zone(15, 11).mean[1];
    EXPECT_TRUE(std::isfinite(last));
    odd += std::abs(last / clean - 1) > 0.2;
  }
  EXPECT_NEAR(odd, 60, 25);
}

TEST(ZonePlant, PhaseSaysWhichWayAndHowFar) {
  Scenario scenario = quiet();
  scenario.scene.distance = 0.25f;  // 4 dioptres
  scenario.lens.phase_gain = 2;
  ZonePlant plant(scenario);
  const Statistics& seen = plant.next();
  ASSERT_EQ(seen.phase_columns, 16);
  EXPECT_NEAR(seen.phases[100].disparity, 2 * (4 - 1), 1e-3);
  EXPECT_GT(seen.phases[100].confidence, 0.2f);
}

TEST(ZonePlant, NoiseIsWhatWasAsked) {
  Scenario scenario = quiet();
  scenario.sensor.zone_noise = 0.01f;
  ZonePlant plant(scenario);
  double sum = 0, square = 0;
  for (int i = 0; i < 400; i++) {
    const double mean = plant.next().zone(3, 4).mean[1];
    sum += mean;
    square += mean * mean;
  }
  const double mean = sum / 400, deviation = std::sqrt(square / 400 - mean * mean);
  EXPECT_NEAR(deviation / mean, 0.01, 0.0015);
}

TEST(ZonePlant, IsSharpestWhereTheSceneIs) {
  Scenario scenario;
  scenario.scene.distance = 0.25f;  // 4 dioptres
  double best = 0, place = 0;
  for (float lens = 0; lens <= 8; lens += 0.25f) {
    scenario.lens.start_position = lens;
    ZonePlant plant(scenario);
    const double focus = double(plant.next().zone(8, 6).focus[0]);
    if (focus > best) {
      best = focus;
      place = lens;
    }
    EXPECT_EQ(plant.truth().sharpest, 4);
  }
  EXPECT_NEAR(place, 4, 0.26);
}

TEST(ZonePlant, HistogramsCountTheSampledQuads) {
  ZonePlant plant((Scenario()));
  const Statistics& seen = plant.next();
  std::uint64_t count = 0;
  for (std::uint32_t bin : seen.luma) count += bin;
  EXPECT_NEAR(double(count), 320 * 240 / 4.0, 320 * 240 / 4.0 * 0.01);
}

TEST(SensorModel, GainsComeInCodes) {
  SensorParams params;
  params.model = "imx219";
  const SensorModel sensor = sensor_model(params);
  EXPECT_EQ(code_of_gain(sensor.gain, 2), 128);
  EXPECT_FLOAT_EQ(gain_in_codes(sensor, 2), 2);
  EXPECT_FLOAT_EQ(gain_in_codes(sensor, 2.01f), 2);
  EXPECT_FLOAT_EQ(gain_in_codes(sensor, 100), 256.0f / 24);
  EXPECT_FLOAT_EQ(gain_in_codes(sensor, 0), 1);
  params.model = "imx708";
  EXPECT_FLOAT_EQ(gain_in_codes(sensor_model(params), 1), 1024.0f / 912);
  for (int code = 0; code <= 232; code++) EXPECT_EQ(code_of_gain(sensor.gain, gain_of_code(sensor.gain, code)), code);
}

TEST(SensorModel, ExposuresComeInLines) {
  const SensorModel sensor = sensor_model({});
  EXPECT_DOUBLE_EQ(exposure_in_lines(sensor, Microseconds(100), Microseconds(33'333)).count(), 90);
  EXPECT_DOUBLE_EQ(exposure_in_lines(sensor, Microseconds(0), Microseconds(33'333)).count(), 30);
  EXPECT_DOUBLE_EQ(exposure_in_lines(sensor, Microseconds(1e9), Microseconds(33'333)).count(), (1111 - 4) * 30);
}

}  // namespace
}  // namespace argent
