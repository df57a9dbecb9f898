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

TEST(Score, ABandPeriodIsRightWrongOrFalse) {
  auto run = frames(60);
  for (auto& f : run) f.flicker_period_us = 10000;
  for (std::size_t i = 12; i < 60; i++) run[i].decision.trace.exposure.flicker.period_us = 10000;
  EXPECT_EQ(score(run, {}, -1).flicker_found, 12);
  EXPECT_FALSE(score(run, {}, -1).flicker_wrong);
  for (auto& f : run) f.decision.trace.exposure.flicker.period_us = 8333;
  EXPECT_FALSE(score(run, {}, -1).flicker_found);
  EXPECT_TRUE(score(run, {}, -1).flicker_wrong);
  for (auto& f : run) f.flicker_period_us = 0;
  EXPECT_TRUE(score(run, {}, -1).flicker_wrong);  // a false alarm
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
