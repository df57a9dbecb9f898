#include "aaa/controller.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "models/runtime/error.h"

namespace argent {
namespace {

/// Greys in steps, as a sensor sees them at `total` (seconds x gain) in a light of that color.
Statistics expose(const SensorSettings& settings, double brightness, Vec3 light = {.5f, 1, .625f}) {
  Statistics s;
  s.applied.settings = settings;
  const double total = settings.exposure.count() * 1e-6 * settings.analogue_gain;
  for (int i = 0; i < s.columns * s.rows; i++) {
    auto& zone = s.zones[static_cast<std::size_t>(i)];
    const double reflectance = .03 * std::pow(2.0, 4.0 * ((i / 3 * 37) % 101) / 101);
    for (int c = 0; c < 3; c++)
      zone.mean[c] = zone.unclipped[c] = static_cast<float>(std::min(reflectance * light[c] * brightness * total, 1.0));
    zone.count = {100, 200, 100};
    const bool clipped = zone.mean[1] >= 1;
    zone.clipped = clipped ? 1 : 0;
    zone.unclipped_count = clipped ? std::array<std::uint32_t, 3>{} : zone.count;
    zone.focus = {.2f, .1f};
    s.luma[static_cast<std::size_t>(std::min(zone.mean[1] * 1024, 1023.0f))] += 100;
  }
  return s;
}

void expect_sound(const Decision& d) {
  EXPECT_TRUE(std::isfinite(d.controls.sensor.exposure.count()));
  EXPECT_GE(d.controls.sensor.exposure.count(), 0);
  EXPECT_TRUE(std::isfinite(d.controls.sensor.analogue_gain));
  EXPECT_GT(d.controls.sensor.analogue_gain, 0);
  EXPECT_TRUE(std::isfinite(d.controls.sensor.lens_position));
  for (float gain : d.controls.colour_gains) {
    EXPECT_GE(gain, 1 / 16.1f);
    EXPECT_LE(gain, 16.1f);
  }
  EXPECT_GE(d.controls.digital_gain, .125f);
  EXPECT_LE(d.controls.digital_gain, 16);
  EXPECT_TRUE(std::isfinite(d.controls.colour_temperature));
  const ExposureTrace& e = d.trace.exposure;
  for (float v : {e.measured, e.target, e.error, e.clipped, e.dark, e.lux}) EXPECT_TRUE(std::isfinite(v));
  const WhiteBalanceTrace& w = d.trace.white_balance;
  for (float v : {w.confidence, w.duv, w.illuminant.mean[0], w.illuminant.mean[1]}) EXPECT_TRUE(std::isfinite(v));
  for (float v : d.trace.focus.score) EXPECT_TRUE(std::isfinite(v));
  EXPECT_FALSE(e.reason.empty());
  EXPECT_FALSE(w.reason.empty());
}

TEST(Controller, DecidesAllThree) {
  Controller controller;
  const Decision d = controller.update(expose({Microseconds(10'000), 1, 0}, 20));
  EXPECT_NEAR(d.controls.colour_gains[0], 2, .01);
  EXPECT_NEAR(d.controls.colour_gains[2], 1.6, .01);
  EXPECT_GT(d.trace.exposure.error, 0);
  EXPECT_GT(d.controls.sensor.exposure.count(), 10'000);
  EXPECT_NEAR(d.trace.focus.score[0], .2, 1e-5);
  EXPECT_NEAR(d.trace.focus.score[1], .1, 1e-5);
  EXPECT_EQ(d.trace.white_balance.opinions.size(), 1u);
  expect_sound(d);
}

TEST(Controller, SameHistorySameDecisions) {
  Controller a, b;
  for (double light : {1.0, 100.0, 5000.0, 20.0}) {
    const Statistics s = expose({Microseconds(10'000), 1, 0}, light);
    const Decision x = a.update(s), y = b.update(s);
    EXPECT_EQ(x.controls.sensor.exposure, y.controls.sensor.exposure);
    EXPECT_EQ(x.controls.colour_gains, y.controls.colour_gains);
    EXPECT_EQ(x.controls.digital_gain, y.controls.digital_gain);
  }
}

TEST(Controller, ClosedLoopSettlesAndHoldsAtLimits) {
  for (double light : {.01, 3.0, 100.0, 1e4, 1e8}) {
    Controller controller;
    SensorSettings now{Microseconds(5'000), 1, 0};
    for (int frame = 0; frame < 20; frame++) now = controller.update(expose(now, light)).controls.sensor;
    const Decision d = controller.update(expose(now, light));
    EXPECT_NEAR(d.controls.sensor.exposure.count() / now.exposure.count(), 1, 1e-3) << light;
    EXPECT_NEAR(d.controls.sensor.analogue_gain / now.analogue_gain, 1, 1e-3) << light;
    EXPECT_EQ(d.trace.exposure.state, AeState::kConverged) << light;
    const AutoExposureParams p;
    EXPECT_LE(now.exposure.count(), p.max_exposure_us + 1e-3);
    EXPECT_GE(now.exposure.count(), p.min_exposure_us - 1e-3);
    EXPECT_LE(now.analogue_gain, p.max_analogue_gain);
  }
}

TEST(Controller, OneBadFrameChangesNothing) {
  Controller with, without;
  SensorSettings a{Microseconds(5'000), 1, 0}, b = a;
  for (int frame = 0; frame < 8; frame++) {
    if (frame == 4) {
      Statistics bad = expose(a, 100);
      for (auto& zone : bad.zones) {
        zone.mean.fill(std::nanf(""));
        zone.unclipped.fill(std::numeric_limits<float>::infinity());
      }
      bad.applied.settings.analogue_gain = std::nanf("");
      a = with.update(bad).controls.sensor;
    }
    const Decision x = with.update(expose(a, 100)), y = without.update(expose(b, 100));
    a = x.controls.sensor;
    b = y.controls.sensor;
    EXPECT_NEAR(x.controls.colour_gains[0], y.controls.colour_gains[0], 1e-5);
  }
  EXPECT_NEAR(a.exposure.count() * a.analogue_gain, b.exposure.count() * b.analogue_gain, 1);
}

TEST(Controller, HostileStatisticsNeverMakeNan) {
  std::mt19937 random(2);
  const float odd[] = {
      0, 1, -1, 1e-38f, 1e38f, std::nanf(""), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};
  const auto any = [&] { return random() % 2 ? static_cast<float>(random() % 1000) * 1e-3f : odd[random() % std::size(odd)]; };
  const int sizes[] = {32, 24, 16, 1, 0, -5, 33, 1 << 30};
  ControllerParams params;
  params.white_balance.damping_seconds = 1;
  params.white_balance.prior.curve = {{2964, .7451f, .3213f}, {4640, .5168f, .5419f}, {7590, .3847f, .6921f}};
  Controller controller(params);
  for (int trial = 0; trial < 300; trial++) {
    Statistics s;
    s.columns = sizes[random() % std::size(sizes)];
    s.rows = sizes[random() % std::size(sizes)];
    const bool wild = random() % 2;
    for (auto& zone : s.zones) {
      for (int c = 0; c < 3; c++) {
        zone.mean[c] = wild ? any() : .3f;
        zone.unclipped[c] = wild ? any() : .1f * static_cast<float>(1 + random() % 5);
        zone.count[c] = random() % 5 ? 10 : static_cast<std::uint32_t>(random());
        zone.unclipped_count[c] = random() % 5 ? 10 : static_cast<std::uint32_t>(random());
      }
      if (wild) {
        zone.clipped = any();
        zone.dark = any();
        zone.focus = {any(), any()};
      }
    }
    if (random() % 2) {
      for (auto& bin : s.luma) bin = static_cast<std::uint32_t>(random());
    }
    s.applied.settings = {Microseconds(1e4 * any()), any(), any()};
    s.applied.f_number = any();
    s.applied.timestamp = Microseconds(any());
    Request request;
    request.exposure_value = random() % 4 ? 0 : any();
    if (random() % 5 == 0) request.exposure_time = Microseconds(any());
    if (random() % 5 == 0) request.analogue_gain = any();
    if (random() % 5 == 0) request.max_frame_duration = Microseconds(any());
    if (random() % 5 == 0) request.colour_gains = Vec3{any(), any(), any()};
    if (random() % 5 == 0) request.colour_temperature = any();
    request.ae_locked = random() % 8 == 0;
    request.awb_locked = random() % 8 == 0;
    expect_sound(controller.update(s, request));
    if (HasFailure()) FAIL() << "trial " << trial;
  }
}

TEST(Controller, BadParametersAreErrors) {
  ControllerParams p;
  p.exposure.target = 2;
  EXPECT_THROW(Controller{p}, Error);
  p = {};
  p.exposure.min_exposure_us = 1e6f;
  EXPECT_THROW(Controller{p}, Error);
  p = {};
  p.white_balance.estimator = "oracle";
  EXPECT_THROW(Controller{p}, Error);
}

}  // namespace
}  // namespace argent
