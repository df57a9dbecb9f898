#include "calibration/contest/raspberry_pi_agc.h"

#include <gtest/gtest.h>

#include <cmath>

namespace argent {
namespace {

/// Zones of one grey; of the histogram 98 % there, the brightest 2 % at `bright`. Exposed for 1000 us.
Statistics grey(float level, float bright) {
  Statistics s;
  for (auto& zone : s.zones) zone.mean = {level, level, level};
  s.luma.fill(0);
  s.luma[static_cast<std::size_t>(level * (Statistics::kBins - 1))] += 98;
  s.luma[static_cast<std::size_t>(bright * (Statistics::kBins - 1))] += 2;
  s.applied.settings.exposure = Microseconds(1000);
  s.applied.settings.analogue_gain = 1;
  return s;
}

double asked(const RaspberryPiAgc::Exposure& e) { return e.sensor.exposure.count() * static_cast<double>(e.sensor.analogue_gain); }

constexpr Vec3 kNoGains{1, 1, 1};

TEST(RaspberryPiAgc, IterationEndsWithinAHundredth) {
  // 0.162 / 0.101 = 1.604, then 0.162 / (0.1604 + 0.001) = 1.0037 and enough.
  EXPECT_NEAR(RaspberryPiAgc({}).wanted_gain(grey(.1f, .5f), {}, kNoGains), 1.604 * 1.0037, 1e-3);
}

TEST(RaspberryPiAgc, ConstraintsMayRaiseAndLower) {
  const RaspberryPiAgc agc({});
  EXPECT_NEAR(agc.wanted_gain(grey(.1f, .1f), {}, kNoGains), 5, .05);  // the brightest 2 % to 0.5
  Request highlight;
  highlight.ae_constraint_mode = AeConstraintMode::kHighlight;
  EXPECT_NEAR(agc.wanted_gain(grey(.1f, .99f), highlight, kNoGains), .8 / .99, .01);
  Request shadows;
  shadows.ae_constraint_mode = AeConstraintMode::kShadows;
  EXPECT_NEAR(agc.wanted_gain(grey(.1f, .1f), shadows, kNoGains), 1.7, .02);  // the darker half to 0.17
  Request darker;
  darker.exposure_value = -1;
  EXPECT_NEAR(agc.wanted_gain(grey(.1f, .1f), darker, kNoGains), 2.5, .03);  // holds for constraints, too
}

/// Ten frames at once, then a fifth of the way, sqrt(1 / 5) of it within 20 %, nothing within 2 %.
TEST(RaspberryPiAgc, FilterHasThreeSpeeds) {
  RaspberryPiAgc agc({});
  const auto right = grey(.161f, .55f);
  for (int i = 0; i < 10; i++) agc.update(i % 2 == 0 ? right : grey(.0795f, .2f), {}, kNoGains);
  const double rest = asked(agc.update(right, {}, kNoGains));
  EXPECT_NEAR(rest, .8 * 2500 + .2 * 1000, 20);  // the tenth frame wanted 2.5 times as much: 0.5 / 0.2
  RaspberryPiAgc still({});
  for (int i = 0; i < 10; i++) still.update(right, {}, kNoGains);
  EXPECT_NEAR(asked(still.update(grey(.1585f, .5f), {}, kNoGains)), 1000, 1e-3);
  EXPECT_NEAR(asked(still.update(grey(.1464f, .5f), {}, kNoGains)), 1000 + 1000 * std::sqrt(.2) * (.162 / .1474 - 1), 1);
}

TEST(RaspberryPiAgc, LeapsOutOfSaturationWithDigitalGain) {
  RaspberryPiAgc agc({});
  for (int i = 0; i < 10; i++) agc.update(grey(.161f, .55f), {}, kNoGains);
  Statistics white = grey(1, 1);
  const auto leap = agc.update(white, {}, kNoGains);  // target 0.5: filtered 0.8 + 0.2 x 0.5, the sensor 0.4 of it
  EXPECT_NEAR(asked(leap), .4 * .9 * 1000, 1);
  EXPECT_NEAR(leap.digital_gain, 1, 1e-3);  // of the frame that is here
  white.applied.settings = leap.sensor;
  EXPECT_NEAR(agc.update(white, {}, kNoGains).digital_gain, 2.5, .01);
}

TEST(RaspberryPiAgc, TimeAndGainClimbInTurn) {
  // 0.161 / 0.0091 = 17.7 times 1000 us: to 10 ms at gain 1, then gain 1.5, then time again.
  RaspberryPiAgc agc({});
  const auto e = agc.update(grey(.0091f, .05f), {}, kNoGains);
  EXPECT_NEAR(e.sensor.analogue_gain, 1.5, 1e-6);
  EXPECT_NEAR(asked(e), 17692, 20);
}

/// A frame with no time for the shortest exposure: that is taken, whatever the light.
TEST(RaspberryPiAgc, TheShortestExposureHoldsWhereAFrameIsShorter) {
  AutoExposureParams limits;
  limits.min_exposure_us = 500;
  Request request;
  request.max_frame_duration = Microseconds(100);
  for (float level : {.01f, .161f, .9f}) {
    RaspberryPiAgc agc(limits);
    EXPECT_DOUBLE_EQ(agc.update(grey(level, level), request, kNoGains).sensor.exposure.count(), 500) << level;
  }
}

}  // namespace
}  // namespace argent
