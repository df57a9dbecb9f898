#include "calibration/contest/request_script.h"

#include <gtest/gtest.h>

#include <cmath>

#include "calibration/contest/contest.h"
#include "isp/error.h"

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
  // Stripes: one window on a bright part meters less exposure than one on a dark part.
  const Played run = play_yaml(
      "frames: 180\nscene: {kind: stripes, contrast: 1}\n"
      "request: {events: [{time: 2, ae_windows: [[0, 0, 1, 0.09]]}, {time: 4, ae_windows: []}]}");
  EXPECT_GT(std::abs(std::log2(total(at(run, 3.9)) / total(at(run, 1.9)))), 0.2);
  EXPECT_NEAR(total(at(run, 5.9)) / total(at(run, 1.9)), 1, 0.03);
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
