#include "calibration/contest/request_script.h"

#include <gtest/gtest.h>

#include <cmath>

#include "calibration/contest/contest.h"
#include "camera/simulation/zone_plant.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using Played = Run;  // a Test has a member of that name

std::string complaint(const std::string& request) {
  try {
    parse_contest_scenario("request: " + request, "s.yaml");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

Played play_yaml(const std::string& yaml) { return play(parse_contest_scenario(yaml, "s.yaml"), 0, "argent", {}); }

double total(const FrameRecord& f) { return f.applied.exposure.count() * double(f.applied.analogue_gain); }

/// The last frame before that time.
const FrameRecord& at(const Played& run, double seconds) {
  const FrameRecord* found = &run.frames.front();
  for (const FrameRecord& f : run.frames) {
    if (f.seconds < seconds) found = &f;
  }
  return *found;
}

TEST(RequestScript, AnEventChangesWhatItNamesAndKeepsTheRest) {
  const RequestScript script = parse_contest_scenario(
                                   "request:\n  exposure_value: 0.5\n  metering: spot\n  events:\n"
                                   "    - {time: 1, exposure_value: 1, ae_windows: [[0.1, 0.2, 0.3, 0.4, 2]]}\n"
                                   "    - {time: 2, ae_locked: true, af_trigger: start, colour_gains: [2, 1, 1.5]}\n"
                                   "    - {time: 2, ae_windows: [], af_pause: deferred}\n",
                                   "s.yaml")
                                   .request;
  ASSERT_EQ(script.events.size(), 3u);
  EXPECT_FLOAT_EQ(script.first_trigger(), 2);
  RequestSequence sequence(script, {});
  const Request first = sequence.at(0.9), second = sequence.at(1), third = sequence.at(2.01), fourth = sequence.at(3);
  EXPECT_FLOAT_EQ(first.exposure_value, 0.5f);
  EXPECT_TRUE(first.ae_windows.empty());
  EXPECT_FLOAT_EQ(second.exposure_value, 1);
  EXPECT_EQ(second.ae_metering_mode, AeMeteringMode::kSpot);
  ASSERT_EQ(second.ae_windows.size(), 1u);
  EXPECT_FLOAT_EQ(second.ae_windows[0].weight, 2);
  EXPECT_FALSE(second.ae_locked || second.colour_gains || second.af_trigger);
  EXPECT_TRUE(third.ae_locked && third.ae_windows.empty());
  EXPECT_EQ(third.af_trigger, AfTrigger::kStart);
  EXPECT_EQ(third.af_pause, AfPause::kDeferred);
  EXPECT_FLOAT_EQ(third.colour_gains.value()[2], 1.5f);
  EXPECT_TRUE(fourth.ae_locked);
  EXPECT_FALSE(fourth.af_trigger || fourth.af_pause);
}

TEST(RequestScript, FocusAtStandsAmongTheEvents) {
  const RequestScript script =
      parse_contest_scenario("request: {focus_at: 1.5, events: [{time: 1, focus: auto}, {time: 2, range: macro}]}", "s.yaml").request;
  RequestSequence sequence(script, {});
  sequence.at(1);
  const Request triggered = sequence.at(1.6);
  EXPECT_EQ(triggered.af_trigger, AfTrigger::kStart);
  EXPECT_EQ(triggered.af_mode, AfMode::kAuto);
  EXPECT_EQ(sequence.at(2).af_range, AfRange::kMacro);
}

TEST(RequestScript, ATimeIsTheSameFrameForAllWhoAsk) {
  for (float time : {0.1f, 1.1f, 1000.1f, 3600.7f, 100'000.3f}) {
    const double frame = std::round(double(time) * 10) / 10;  // what the text said, and a timestamp rounds to microseconds
    EXPECT_TRUE(begun(frame, time) && begun(frame - 1e-6, time)) << time;
    EXPECT_FALSE(begun(frame - 0.03, time)) << time;
  }
  const RequestScript script = parse_contest_scenario("request: {events: [{time: 1000.1, ae_locked: true}]}", "s.yaml").request;
  EXPECT_TRUE(RequestSequence(script, {}).at(1000.1).ae_locked);
}

TEST(RequestScript, OnlyWhatConcernsTheLightIsAStep) {
  const std::string start = "frames: 90\nrequest: {focus: auto";
  EXPECT_TRUE(play_yaml(start + ", focus_at: 1}").score.steps.empty());
  EXPECT_TRUE(play_yaml(start + ", events: [{time: 1, af_trigger: start}]}").score.steps.empty());
  EXPECT_TRUE(play_yaml(start + ", events: [{time: 1, range: macro, af_windows: [[0, 0, 1, 1]]}, {time: 1.5, focus: manual}]}")
                  .score.steps.empty());
  const Played both = play_yaml(start + ", events: [{time: 1, af_trigger: start}, {time: 1.5, exposure_value: 1}]}");
  EXPECT_EQ(both.events, std::vector<int>{45});
  EXPECT_EQ(play_yaml(start + ", events: [{time: 1, white_balance: daylight}, {time: 1.5, af_trigger: start}]}").events,
            std::vector<int>{30});
}

TEST(RequestScript, MistakesNameThePlace) {
  EXPECT_NE(complaint("{events: 3}").find("request.events"), std::string::npos);
  EXPECT_NE(complaint("{events: [{time: 2}, {time: 1}]}").find("rising"), std::string::npos);
  EXPECT_NE(complaint("{events: [{time: 1, exposure_valve: 1}]}").find("exposure_value"), std::string::npos);
  EXPECT_NE(complaint("{events: [{time: 1, af_trigger: now}]}").find("start"), std::string::npos);
  EXPECT_NE(complaint("{af_windows: [[0, 0, 1]]}").find("s.yaml:1: request.af_windows"), std::string::npos);
  EXPECT_NE(complaint("{ae_windows: [[0, 0, 1, 2]]}").find("request.ae_windows"), std::string::npos);
  EXPECT_NE(complaint("{ae_windows: 1}").find("list"), std::string::npos);
  EXPECT_NE(complaint("{time: 1}"), "");
  EXPECT_NE(complaint("{colour_gains: [1, 2]}"), "");
  EXPECT_NE(complaint("{colour_gains: [2, 0, 1.5]}").find("request.colour_gains are partly 0"), std::string::npos);
  EXPECT_NE(complaint("{events: [{time: 1, colour_gains: [0, 1, 0]}]}").find("partly 0"), std::string::npos);
  EXPECT_EQ(complaint("{colour_gains: [0, 0, 0]}"), "");
  EXPECT_NE(complaint("{min_frame_duration: 10000}").find("unknown"), std::string::npos);
}

TEST(RequestScript, AnExposureValueIsReachedInSixFrames) {
  const Played run =
      play_yaml("frames: 120\nscene: {contrast: 0.4}\nrequest: {constraint: normal, events: [{time: 2, exposure_value: 1}]}");
  EXPECT_NEAR(std::log2(total(at(run, 3.9)) / total(at(run, 2))), 1, 0.1);
  ASSERT_EQ(run.score.steps.size(), 1u);
  ASSERT_TRUE(run.score.steps[0].settled);
  EXPECT_LE(*run.score.steps[0].settled, 6);
}

TEST(RequestScript, LocksHoldUnderAStepOfLight) {
  const Played run = play_yaml(
      "frames: 200\nlight: {lux: 400, cct: 6000, events: [{time: 2, lux: 100, cct: 3000}]}\n"
      "request: {events: [{time: 1.5, ae_locked: true, awb_locked: true}, {time: 4, ae_locked: false, awb_locked: false}]}");
  EXPECT_DOUBLE_EQ(total(at(run, 3.9)), total(at(run, 1.9)));
  EXPECT_EQ(at(run, 3.9).decision.controls.colour_gains, at(run, 1.9).decision.controls.colour_gains);
  EXPECT_NEAR(total(at(run, 6)) / total(at(run, 3.9)), 4, 0.3);
  EXPECT_GT(at(run, 6).decision.controls.colour_gains[2], 1.2f * at(run, 3.9).decision.controls.colour_gains[2]);
}

TEST(RequestScript, WhatIsFixedStillHasAnError) {
  const Played locked = play_yaml("frames: 90\nlight: {events: [{time: 2, lux: 100}]}\nrequest: {ae_locked: true}");
  for (const FrameRecord& f : locked.frames) ASSERT_TRUE(std::isfinite(f.exposure_error) && std::isfinite(f.picture_error)) << f.frame;
  EXPECT_NEAR(locked.frames.back().exposure_error - at(locked, 1.9).exposure_error, 2, 0.2);  // a quarter of the light
  const Played manual = play_yaml("frames: 90\nrequest: {events: [{time: 1, exposure_time: 5000, analogue_gain: 2}]}");
  for (const FrameRecord& f : manual.frames) ASSERT_TRUE(std::isfinite(f.exposure_error) && std::isfinite(f.picture_error)) << f.frame;
  const FrameRecord &free = at(manual, 0.9), &fixed = manual.frames.back();
  ASSERT_NEAR(total(fixed), 10'000, 100);
  EXPECT_NEAR(fixed.exposure_error, free.exposure_error + std::log2(total(free) / total(fixed)), 0.05);
}

TEST(RequestScript, ManualGainAndTimeAreRespectedAlone) {
  const Played run = play_yaml(
      "frames: 240\nlight: {lux: 200}\nrequest: {events: [{time: 1, analogue_gain: 4}, {time: 3, analogue_gain: 0, exposure_time: 8000},\n"
      "  {time: 5, exposure_time: 0, max_frame_duration: 16000}]}");
  EXPECT_NEAR(at(run, 2.9).applied.analogue_gain, 4, 0.05);
  EXPECT_NEAR(at(run, 2.9).exposure_error, 0, 0.05);
  EXPECT_NEAR(at(run, 4.9).applied.exposure.count(), 8000, 40);
  EXPECT_NEAR(at(run, 4.9).exposure_error, 0, 0.05);
  EXPECT_LE(at(run, 7.9).applied.exposure.count(), 16000);
}

TEST(RequestScript, ManualWhiteBalanceIsRespected) {
  const Played run = play_yaml(
      "frames: 150\nlight: {cct: 3000}\nrequest: {events: [{time: 1, colour_gains: [2, 1, 1.5]},\n"
      "  {time: 3, colour_gains: [0, 0, 0], colour_temperature: 6500}]}");
  const Vec3& gains = at(run, 2.9).decision.controls.colour_gains;
  EXPECT_NEAR(gains[0] / gains[1], 2, 0.01);
  EXPECT_NEAR(gains[2] / gains[1], 1.5, 0.01);
  EXPECT_NEAR(at(run, 4.9).decision.controls.colour_temperature, 6500, 50);
}

TEST(RequestScript, AWindowPicksTheNearOrTheFarPart) {
  // 2 dioptres in the middle, 3.2 at nine tenths of the height, 0.8 at one tenth.
  const Played run = play_yaml(
      "frames: 300\nscene: {distance: 0.5, depth: 3}\nlight: {lux: 1000}\nlens: {lag: 0.5}\n"
      "request: {focus: auto, focus_at: 1, af_windows: [[0.3, 0.82, 0.4, 0.16]],\n"
      "  events: [{time: 5, af_windows: [[0.3, 0.02, 0.4, 0.16]], af_trigger: start}]}");
  EXPECT_EQ(at(run, 4.9).decision.trace.focus.state, AfState::kFocused);
  EXPECT_NEAR(at(run, 4.9).lens_position, 3.2, 0.35);
  EXPECT_EQ(at(run, 9.9).decision.trace.focus.state, AfState::kFocused);
  EXPECT_NEAR(at(run, 9.9).lens_position, 0.8, 0.35);
}

TEST(RequestScript, AMeteringWindowExposesForItself) {
  const std::string scene = "frames: 180\nscene: {kind: stripes, contrast: 0.5}\n";
  ZonePlant plant(parse_scenario(scene, "s.yaml"));
  const Statistics& seen = plant.next();
  int bright = 0, dark = 0;
  for (int row = 0; row < seen.rows; row++) {
    if (seen.zone(8, row).mean[1] > seen.zone(8, bright).mean[1]) bright = row;
    if (seen.zone(8, row).mean[1] < seen.zone(8, dark).mean[1]) dark = row;
  }
  const double brighter = std::log2(seen.zone(8, bright).mean[1] / seen.zone(8, dark).mean[1]);
  ASSERT_GT(brighter, 0.5);
  const auto window = [&](int row) {
    return "[[0, " + std::to_string(double(row) / seen.rows) + ", 1, " + std::to_string(1.0 / seen.rows) + "]]";
  };
  const Played run = play_yaml(scene + "request: {events: [{time: 1, ae_windows: " + window(bright) +
                               "}, {time: 3, ae_windows: " + window(dark) + "}, {time: 5, ae_windows: []}]}");
  EXPECT_NEAR(std::log2(total(at(run, 4.9)) / total(at(run, 2.9))), brighter, 0.15);
  EXPECT_NEAR(total(at(run, 5.9)) / total(at(run, 0.9)), 1, 0.03);
}

TEST(RequestScript, ContinuousFocusPausesAndResumes) {
  const Played run = play_yaml(
      "frames: 300\nscene: {distance: 0.25}\nlens: {start_position: 1}\nlight: {lux: 1000}\n"
      "request: {events: [{time: 0.2, focus: continuous}, {time: 0.24, af_pause: immediate}, {time: 4, af_pause: resume}]}");
  EXPECT_GT(std::abs(at(run, 3.9).lens_position - 4), 0.5);
  EXPECT_NEAR(at(run, 9.9).lens_position, 4, 0.3);
}

}  // namespace
}  // namespace argent
