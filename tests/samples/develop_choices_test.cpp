#include "samples/develop_choices.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"

namespace argent {
namespace {

using Exposure = ExposureChoice::Mode;
using Balance = WhiteBalanceChoice::Mode;

RawFrame frame_that_knows_all() {
  RawFrame frame;
  frame.sensor.matrices = {{6504, kIdentity3}};
  frame.capture.as_shot_gains = Vec3{2, 1, 1.5f};
  frame.applied.settings.exposure = Microseconds(1000);
  return frame;
}

TEST(ExposureFromText, KnowsItsForms) {
  EXPECT_EQ(exposure_from_text("auto").mode, Exposure::kAuto);
  EXPECT_EQ(exposure_from_text("-1.5").ev, -1.5f);
  EXPECT_EQ(exposure_from_text("+2").ev, 2);
  EXPECT_EQ(exposure_from_text("metered").mode, Exposure::kMetered);
  EXPECT_EQ(exposure_from_text("0").mode, Exposure::kValue);
  for (const char* text : {"", "x", "1x", "nan", "inf", "17", "-17", "1,5", "+"}) EXPECT_THROW(exposure_from_text(text), Error) << text;
}

TEST(Settle, LeavesAFrameThatKnowsAllAlone) {
  const SettledChoices settled = settle({}, "a.dng", frame_that_knows_all(), {});
  EXPECT_TRUE(settled.notes.empty());
  EXPECT_EQ(settled.choices.white_balance.mode, Balance::kCamera);
  EXPECT_EQ(settled.choices.exposure.mode, Exposure::kMetered);
  EXPECT_EQ(settled.choices.color, ColorSpace::kSrgb);
}

TEST(Settle, SaysWhatAFrameDoesNotKnow) {
  const SettledChoices settled = settle({}, "a.raw", RawFrame(), {});
  EXPECT_EQ(settled.notes, (std::vector<std::string>{"a.raw: no white balance in the file: using --wb auto",
                                                     "a.raw: no color matrix in the file or a profile: using --color camera",
                                                     "a.raw: no exposure metering in the file: using --exposure auto"}));
  EXPECT_EQ(settled.choices.white_balance.mode, Balance::kAuto);
  EXPECT_EQ(settled.choices.exposure.mode, Exposure::kAuto);
  EXPECT_EQ(settled.choices.color, ColorSpace::kCamera);
}

TEST(Settle, TheProfilesMatricesServe) {
  PipelineParams params;
  params.corrections = {{6504, kIdentity3}};
  RawFrame frame = frame_that_knows_all();
  frame.sensor.matrices.clear();
  EXPECT_EQ(settle({}, "a.dng", frame, params).choices.color, ColorSpace::kSrgb);
}

TEST(Settle, LinearNeedsNoMetering) {
  DevelopChoices linear{.white_balance = {.mode = Balance::kGains}, .color = ColorSpace::kCamera, .encoding = Encoding::kLinear};
  const SettledChoices settled = settle(linear, "a.raw", RawFrame(), {});
  EXPECT_TRUE(settled.notes.empty());
  EXPECT_EQ(digital_gain_for(settled.choices, RawFrame(), Decision()), 1);
}

TEST(Settle, MonochromeHasNoColorToMiss) {
  RawFrame frame = frame_that_knows_all();
  frame.sensor.cfa = CfaPattern::kMonochrome;
  frame.sensor.matrices.clear();
  frame.capture.as_shot_gains.reset();
  const SettledChoices settled = settle({}, "a.dng", frame, {});
  EXPECT_TRUE(settled.notes.empty());
  EXPECT_EQ(settled.choices.color, ColorSpace::kCamera);
  EXPECT_EQ(settled.choices.white_balance.gains, (Vec3{1, 1, 1}));
}

TEST(DigitalGain, IsMeteringPlusBaselineOrOurs) {
  RawFrame frame = frame_that_knows_all();
  frame.capture.baseline_exposure = 1.0f;
  Decision decision;
  decision.controls.digital_gain = 3;
  EXPECT_FLOAT_EQ(digital_gain_for({}, frame, decision), 2);
  EXPECT_FLOAT_EQ(digital_gain_for({.exposure = {Exposure::kValue, 1}}, frame, decision), 4);
  EXPECT_FLOAT_EQ(digital_gain_for({.exposure = {Exposure::kAuto, 0}}, frame, decision), 3);
  EXPECT_EQ(digital_gain_for({.encoding = Encoding::kLinear}, frame, decision), 1);
  EXPECT_EQ(digital_gain_for({.exposure = {Exposure::kValue, 1}, .encoding = Encoding::kLinear}, frame, decision), 2);
}

}  // namespace
}  // namespace argent
