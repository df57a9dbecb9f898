#include "camera/simulation/simulated_camera.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "camera/simulation/zone_plant.h"
#include "isp/pipeline.h"

namespace argent {
namespace {

Pipeline pipeline_for(const SimulatedCamera& camera, const Scenario& scenario) {
  PipelineParams params;
  params.statistics.columns = scenario.columns;
  params.statistics.rows = scenario.rows;
  params.shading = {camera.shading()};
  return Pipeline(params);
}

struct Summary {
  std::array<double, 3> mean{};
  double clipped = 0, dark = 0, fine = 0, coarse = 0;
};

Summary summary(const Statistics& s) {
  Summary out;
  const int zones = s.columns * s.rows;
  for (int i = 0; i < zones; i++) {
    const auto& zone = s.zones[static_cast<std::size_t>(i)];
    for (std::size_t c = 0; c < 3; c++) out.mean[c] += double(zone.mean[c]) / zones;
    out.clipped += double(zone.clipped) / zones;
    out.dark += double(zone.dark) / zones;
    out.fine += double(zone.focus[0]) / zones;
    out.coarse += double(zone.focus[1]) / zones;
  }
  return out;
}

/// 1 - fraction of the luma histogram up to a level.
double above(const Statistics& s, int bin) {
  double all = 0, high = 0;
  for (int i = 0; i < Statistics::kBins; i++) {
    all += s.luma[static_cast<std::size_t>(i)];
    if (i >= bin) high += s.luma[static_cast<std::size_t>(i)];
  }
  return high / all;
}

void compare(const std::string& yaml) {
  const Scenario scenario = parse_scenario(yaml, "test");
  SimulatedCamera camera(scenario);
  ZonePlant plant(scenario);
  const Pipeline pipeline = pipeline_for(camera, scenario);
  const auto frame = camera.next();
  ASSERT_TRUE(frame);
  const Statistics measured = pipeline.measure(*frame);
  const Statistics& zones = plant.next();
  const Summary a = summary(measured), b = summary(zones);
  std::printf("%s\n  mean %.4f %.4f clipped %.4f %.4f dark %.4f %.4f fine %.4f %.4f coarse %.4f %.4f\n", yaml.c_str(), a.mean[1], b.mean[1],
              a.clipped, b.clipped, a.dark, b.dark, a.fine, b.fine, a.coarse, b.coarse);
  for (std::size_t c = 0; c < 3; c++) EXPECT_NEAR(a.mean[c], b.mean[c], 0.03 * a.mean[c] + 2e-4) << yaml << c;
  EXPECT_NEAR(a.clipped, b.clipped, 0.03) << yaml;
  EXPECT_NEAR(a.dark, b.dark, 0.05) << yaml;
  for (int bin : {20, 60, 200, 600}) EXPECT_NEAR(above(measured, bin), above(zones, bin), 0.08) << yaml << bin;
  double off = 0, all = 0;
  for (int i = 0; i < zones.bands; i++) {
    off += std::abs(double(measured.row_means[static_cast<std::size_t>(i)] - zones.row_means[static_cast<std::size_t>(i)]));
    all += double(measured.row_means[static_cast<std::size_t>(i)]);
  }
  EXPECT_EQ(measured.bands, zones.bands);
  EXPECT_LT(off / all, 0.11) << yaml;
  // A checker's few edges are coarser in the zones' map than in the pixels.
  if (scenario.scene.kind != "checker") {
    EXPECT_GT(b.fine, a.fine / 3 - 0.002) << yaml;
  }
  EXPECT_LT(b.fine, a.fine * 3 + 0.01) << yaml;
  EXPECT_EQ(frame->applied.settings.exposure, zones.applied.settings.exposure);
  EXPECT_NEAR(camera.truth().scene_luma, plant.truth().scene_luma, 0.02 * plant.truth().scene_luma);
}

/// How much more light the bands show than under a steady light, relative to their mean: band by band, less the mean of 20 (a row of
/// zones).
std::vector<double> seen_pulse(const Statistics& pulsing, const Statistics& steady) {
  constexpr std::size_t kTogether = 20;
  std::vector<double> out;
  for (std::size_t first = 0; first + kTogether <= std::size_t(steady.bands); first += kTogether) {
    double mean = 0;
    for (std::size_t i = first; i < first + kTogether; i++) mean += double(pulsing.row_means[i] / steady.row_means[i]) / kTogether;
    for (std::size_t i = first; i < first + kTogether; i++) out.push_back(double(pulsing.row_means[i] / steady.row_means[i]) / mean - 1);
  }
  return out;
}

double rms(const std::vector<double>& values) {
  double square = 0;
  for (double v : values) square += v * v;
  return std::sqrt(square / double(values.size()));
}

/// Zone rows have one mean; inside of them, too, rows have to lose what their pixels lose by saturating.
TEST(SimulatedCamera, WhatSaturatesShowsNoFlickerInEither) {
  for (const char* scene : {"dead_leaves", "stripes", "checker"}) {
    for (int lux : {2000, 15'000, 30'000}) {
      std::array<Statistics, 2> pixels, zones;
      for (const bool pulses : {false, true}) {
        const Scenario scenario = parse_scenario("scene: {kind: " + std::string(scene) + "}\nlight: {lux: " + std::to_string(lux) +
                                                     ", flicker_hz: 100, flicker_depth: " + (pulses ? "0.4" : "0") +
                                                     "}\nsensor: {exposure_us: 3000, noise: 0}\nlens: {start_position: 0.5}",
                                                 "test");
        SimulatedCamera camera(scenario);
        const Pipeline pipeline = pipeline_for(camera, scenario);
        const auto frame = camera.next();
        ASSERT_TRUE(frame);
        pixels[pulses] = pipeline.measure(*frame);
        zones[pulses] = ZonePlant(scenario).next();
      }
      const double seen = rms(seen_pulse(pixels[1], pixels[0])), told = rms(seen_pulse(zones[1], zones[0]));
      std::printf("%s, %d lux, %.3f clipped: pulse inside rows of zones %.4f in pixels, %.4f in zones\n", scene, lux,
                  summary(pixels[1]).clipped, seen, told);
      EXPECT_NEAR(told / seen, 1, 0.2) << scene << lux;  // a stripe is ten samples of the map, and many rows of pixels
    }
  }
}

TEST(SimulatedCamera, WhatIsSkippedChangesNothingLater) {
  const Scenario scenario = parse_scenario("frames: 4\nsensor: {width: 64, height: 48, drop_rate: 0.2}\nlens: {lag: 2}", "test");
  SimulatedCamera all(scenario), some(scenario);
  const SensorSettings wanted{Microseconds(4000), 2, 3};
  for (int i = 0; i < 3; i++) {
    all.next();
    EXPECT_TRUE(some.skip());
    all.apply(wanted);
    some.apply(wanted);
  }
  const auto a = all.next(), b = some.next();
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->applied.sequence, b->applied.sequence);
  EXPECT_EQ(all.truth().lens_position, some.truth().lens_position);
  EXPECT_TRUE(std::equal(a->data, a->data + 64 * 48, b->data));
  EXPECT_FALSE(some.skip());
}

TEST(SimulatedCamera, AgreesWithTheZones) {
  compare("lens: {start_position: 0.5}");
  compare("lens: {start_position: 2}");
  compare("lens: {start_position: 6}\nlight: {cct: 2900}");
  compare("lens: {start_position: 0.5}\nlight: {lux: 4000}");
  compare("lens: {start_position: 0.5}\nlight: {lux: 20000}\nsensor: {model: imx477, bits: 12}");
  compare("lens: {start_position: 0.5}\nlight: {lux: 30, cct: 6500}\nsensor: {analogue_gain: 8, model: imx219, exposure_us: 20000}");
  compare("scene: {kind: checker}\nlight: {illuminant: FL11, lux: 1000}");
  compare("scene: {kind: stripes}\nlight: {flicker_hz: 100, flicker_depth: 0.3}\nsensor: {exposure_us: 3000}");
  compare("scene: {kind: grey}\nlight: {second_cct: 2800, cct: 6500}");
}

TEST(SimulatedCamera, ALargerHighlightIsThere) { compare("scene: {kind: grey, highlight: 0.02}\nlens: {start_position: 0.5}"); }

TEST(SimulatedCamera, IsDeterministicAndEnds) {
  Scenario scenario;
  scenario.frames = 3;
  scenario.sensor.size = {64, 48};
  SimulatedCamera a(scenario), b(scenario);
  for (int i = 0; i < 3; i++) {
    const auto first = a.next(), second = b.next();
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(std::equal(first->data, first->data + 64 * 48, second->data));
  }
  EXPECT_FALSE(a.next());
}

TEST(SimulatedCamera, NoiseIsWhatTheSensorInfoSays) {
  Scenario scenario;
  scenario.scene.kind = "grey";
  scenario.lens.shading = 0;
  scenario.sensor.analogue_gain = 4;
  SimulatedCamera camera(scenario);
  const auto frame = camera.next();
  double sum = 0, square = 0;
  int n = 0;
  for (int y = 0; y < 480; y += 2) {
    for (int x = 1; x < 640; x += 2) {
      const double v =
          (frame->data[y * 640 + x] - double(frame->sensor.black[1])) / double(frame->sensor.white[1] - frame->sensor.black[1]);
      sum += v;
      square += v * v;
      n++;
    }
  }
  const double mean = sum / n, variance = square / n - mean * mean;
  EXPECT_NEAR(variance / (double(frame->sensor.noise.shot) * mean + double(frame->sensor.noise.read)), 1, 0.05);
}

TEST(SimulatedCamera, DefectsAreThere) {
  Scenario scenario;
  scenario.sensor.defects = 0.01f;
  scenario.scene.kind = "grey";
  SimulatedCamera camera(scenario);
  const auto frame = camera.next();
  int odd = 0;
  for (int i = 0; i < 640 * 480; i++) odd += frame->data[i] == 0 || frame->data[i] > 307;
  EXPECT_NEAR(odd, 0.01 * 640 * 480, 60);
}

}  // namespace
}  // namespace argent
