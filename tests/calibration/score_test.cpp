#include "calibration/contest/score.h"

#include <gtest/gtest.h>

#include <cmath>

namespace argent {
namespace {

/// A frame on target: error 0, brightness 0.1, a light of 5000 K seen as such.
FrameRecord frame(int number) {
  FrameRecord out;
  out.frame = number;
  out.brightness = 0.1;
  out.applied.exposure = Microseconds(10000);
  out.cct = 5000;
  out.decision.controls.colour_temperature = 5000;
  out.depth_of_field = 0.4f;
  return out;
}

std::vector<FrameRecord> frames(int count) {
  std::vector<FrameRecord> out;
  for (int i = 0; i < count; i++) out.push_back(frame(i));
  return out;
}

TEST(Score, AStepIsSettledWhenTheErrorStaysWithinTwoPercent) {
  auto run = frames(100);
  const double errors[] = {3, 3, 3, -0.05, -0.05, -0.05, 0.01};  // EV; the fourth frame has the first correction
  for (int i = 0; i < 7; i++) {
    run[static_cast<std::size_t>(40 + i)].exposure_error = errors[i];
    run[static_cast<std::size_t>(40 + i)].picture_error = errors[i];
  }
  const int events[] = {40};
  const RunScore s = score(run, events, -1);
  ASSERT_EQ(s.steps.size(), 1u);
  EXPECT_EQ(s.steps[0].frame, 40);
  EXPECT_EQ(s.steps[0].settled, 6);
  EXPECT_NEAR(s.steps[0].overshoot, std::exp2(0.05) - 1, 1e-9);
  EXPECT_FALSE(s.steps[0].unclipped);
}

TEST(Score, ALateExcursionUnsettles) {
  auto run = frames(100);
  run[90].exposure_error = run[90].picture_error = 0.1;
  const int events[] = {40};
  EXPECT_EQ(score(run, events, -1).steps[0].settled, 51);
}

TEST(Score, WhatDigitalGainMakesUpForUnsettlesNothingButSettlesNothingEither) {
  auto run = frames(100);
  for (std::size_t i = 40; i < 43; i++) run[i].exposure_error = 3;  // rendered right at once, exposed right on the fourth frame
  run[70].exposure_error = -2;                                      // a probe
  const int events[] = {40};
  EXPECT_EQ(score(run, events, -1).steps[0].settled, 3);
}

TEST(Score, NeverSettledIsSaidSo) {
  auto run = frames(100);
  run.back().exposure_error = run.back().picture_error = 1;
  const int events[] = {40};
  EXPECT_FALSE(score(run, events, -1).steps[0].settled);
}

TEST(Score, ClippingCountsToItsEnd) {
  auto run = frames(100);
  for (std::size_t i = 40; i < 43; i++) run[i].clipped = 0.5;
  const int events[] = {40};
  EXPECT_EQ(score(run, events, -1).steps[0].unclipped, 3);
}

TEST(Score, RippleAndHuntingAreThoseAtRest) {
  auto run = frames(100);
  for (std::size_t i = 0; i < 100; i++) {
    run[i].brightness = 0.1 * (i % 2 == 0 ? 1.01 : 0.99);
    run[i].applied.exposure = Microseconds(i % 2 == 0 ? 10500 : 10000);
  }
  const RunScore s = score(run, {}, -1);
  EXPECT_NEAR(s.exposure_ripple, 0.01, 1e-4);
  EXPECT_EQ(s.hunting, 48);  // 49 steps in the second half
}

/// A light of 100 Hz that shows a modulation from frame `shown` on, claimed from frame `claimed` on.
std::vector<FrameRecord> flickering(double modulation, int shown, int claimed, float period = 10000) {
  auto run = frames(60);
  for (auto& f : run) {
    f.flicker_period_us = 10000;
    f.longest_exposure_us = 33333;
    f.flicker_modulation = f.frame >= shown ? modulation : 0;
    f.decision.trace.exposure.flicker.period_us = f.frame >= claimed ? period : 0;
  }
  return run;
}

TEST(Score, APeriodIsFoundFromTheFrameThatShowsIt) {
  const FlickerScore f = score(flickering(0.05, 7, 19), {}, -1).flicker;
  EXPECT_TRUE(f.pulses);
  EXPECT_EQ(f.shown, 7);
  EXPECT_EQ(f.found, 19);
  EXPECT_EQ(f.frames_to_find, 12);
  EXPECT_FALSE(f.wrong);
}

TEST(Score, WhatShowsTooLittleIsCountedApart) {
  const FlickerScore f = score(flickering(0.019, 0, 19), {}, -1).flicker;
  EXPECT_FALSE(f.shown);
  EXPECT_EQ(f.found, 19);
  EXPECT_FALSE(f.frames_to_find);
  EXPECT_EQ(score(flickering(0.02, 25, 10), {}, -1).flicker.frames_to_find, 0);  // before it had to be
}

TEST(Score, WhatShowsInPassingIsCountedApartWhatShowsLongIsNot) {
  auto run = flickering(0.05, 0, 60);  // never claimed
  EXPECT_EQ(score(run, {}, -1).flicker.shown, 0);
  EXPECT_FALSE(score(run, {}, -1).flicker.frames_to_find);
  for (std::size_t i = 30; i < 60; i++) run[i].flicker_modulation = 0.001;
  EXPECT_FALSE(score(run, {}, -1).flicker.shown);  // 30 frames: the thirty-first would have been too late
  run[30].flicker_modulation = 0.05;
  EXPECT_EQ(score(run, {}, -1).flicker.shown, 0);
}

TEST(Score, AnotherPeriodOnAnyFrameIsWrong) {
  auto run = flickering(0.05, 0, 12);
  run[5].decision.trace.exposure.flicker.period_us = 8333;
  EXPECT_TRUE(score(run, {}, -1).flicker.wrong);
  EXPECT_EQ(score(run, {}, -1).flicker.found, 12);
  EXPECT_FALSE(score(flickering(0.05, 0, 0, 8333), {}, -1).flicker.found);
  run = flickering(0, 0, 40);
  for (auto& f : run) f.flicker_period_us = 0;
  EXPECT_TRUE(score(run, {}, -1).flicker.wrong);  // a false alarm
  EXPECT_FALSE(score(run, {}, -1).flicker.pulses);
}

TEST(Score, BandsAreAvoidableWhereAPeriodFits) {
  auto run = flickering(0.05, 0, 12);  // exposed for one period already
  EXPECT_TRUE(score(run, {}, -1).flicker.avoidable);
  EXPECT_NEAR(score(run, {}, -1).flicker.residual, 0.05, 1e-12);
  run.back().picture_error = -1;  // twice as bright as wanted: half a period is all that the scene asks for
  EXPECT_FALSE(score(run, {}, -1).flicker.avoidable);
  run = flickering(0.05, 0, 12);
  run.back().longest_exposure_us = 8000;  // a frame rate that has no time for one
  EXPECT_FALSE(score(run, {}, -1).flicker.avoidable);
}

TEST(Score, WhatUnsettlesForAWhileIsCountedInFrames) {
  auto run = frames(100);
  for (std::size_t i = 40; i < 43; i++) run[i].exposure_error = run[i].picture_error = 3;
  for (std::size_t i : {60u, 61u, 62u, 90u}) run[i].picture_error = 0.1;
  const int events[] = {40};
  const StepScore s = score(run, events, -1).steps[0];
  EXPECT_EQ(s.reached, 3);
  EXPECT_EQ(s.upset, 3);
  EXPECT_EQ(s.settled, 51);
}

TEST(Score, MixedLightIsTheMeanOfTheEnd) {
  auto run = frames(100);
  for (auto& f : run) f.zone_angle = f.frame < 90 ? 9 : 2, f.zone_angle_plain = 8;
  run.back().decision.trace.white_balance.lights = 2;
  const RunScore s = score(run, {}, -1);
  EXPECT_DOUBLE_EQ(s.zone_angle, 2);
  EXPECT_DOUBLE_EQ(s.zone_angle_plain, 8);
  EXPECT_TRUE(s.two_lights);
}

TEST(Score, BalanceIsCountedInMired) {
  auto run = frames(100);
  for (auto& f : run) f.decision.controls.colour_temperature = 4000;
  EXPECT_NEAR(score(run, {}, -1).balance_error, 250 - 200, 1e-3);
  for (std::size_t i = 0; i < 50; i++) run[i].decision.controls.colour_temperature = 3000;
  for (std::size_t i = 50; i < 60; i++) run[i].decision.controls.colour_temperature = static_cast<float>(3000 + 100 * (i - 50));
  const int events[] = {50};
  EXPECT_EQ(score(run, events, -1).steps[0].balance_followed, 9);  // 3900 K is within 10 % of 83 mired
}

TEST(Score, FocusIsFramesToFocusedAndDepthsOfField) {
  auto run = frames(60);
  for (auto& f : run) f.sharpest = 2, f.lens_position = 2.1f;
  for (std::size_t i = 25; i < 60; i++) run[i].decision.trace.focus.state = AfState::kFocused;
  const RunScore s = score(run, {}, 10);
  EXPECT_EQ(s.focus_reached, 15);
  EXPECT_EQ(s.focus_state, AfState::kFocused);
  EXPECT_NEAR(s.focus_error, 0.25, 1e-5);
}

TEST(Score, NothingIsNoTrouble) {
  const RunScore s = score({}, {}, -1);
  EXPECT_TRUE(s.steps.empty());
  EXPECT_EQ(s.exposure_ripple, 0);
}

}  // namespace
}  // namespace argent
