#include "samples/live/request_text.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"

namespace argent {
namespace {

Request unlike_the_default() {
  Request r;
  r.exposure_value = -1 / 3.0f;
  r.exposure_time = Microseconds(10000 / 3.0);
  r.analogue_gain = 2.7f;
  r.min_frame_duration = Microseconds(1e6 / 60);
  r.max_frame_duration = Microseconds(1e6 / 7);
  r.ae_metering_mode = AeMeteringMode::kSpot;
  r.ae_constraint_mode = AeConstraintMode::kShadows;
  r.ae_exposure_mode = AeExposureMode::kLong;
  r.ae_windows = {{0.1f, 0.2f, 0.3f, 0.4f, 2}, {0, 0, 1, 1, 1}};
  r.ae_locked = true;
  r.ae_flicker_mode = AeFlickerMode::kManual;
  r.ae_flicker_period = Microseconds(8333.3);
  r.awb_mode = AwbMode::kCloudy;
  r.awb_windows = {{0.5f, 0.5f, 0.25f, 0.25f, 1}};
  r.awb_locked = true;
  r.colour_gains = Vec3{1.7f, 0.9f, 1.3f};
  r.colour_temperature = 4321;
  r.mixed_light = true;
  r.af_mode = AfMode::kContinuous;
  r.af_range = AfRange::kMacro;
  r.af_speed = AfSpeed::kFast;
  r.af_windows = {{0.4f, 0.4f, 0.2f, 0.2f, 1}};
  r.af_trigger = AfTrigger::kCancel;
  r.af_pause = AfPause::kResume;
  r.lens_position = 3.3f;
  return r;
}

TEST(RequestText, ComesBackEqualToTheBit) {
  EXPECT_EQ(text_of(Request()), "");
  EXPECT_EQ(request_of_text(""), Request());
  EXPECT_EQ(request_of_text(text_of(unlike_the_default())), unlike_the_default());
}

TEST(RequestText, EveryControlIsInTheText) {
  const std::string text = text_of(unlike_the_default());
  EXPECT_EQ(std::count(text.begin(), text.end(), '='), 24);
  const std::string table = control_table();
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 24);
}

TEST(RequestText, TakesNamesAndNumbersOfModes) {
  Request r;
  set_control(r, "AeMeteringMode=matrix");
  EXPECT_EQ(r.ae_metering_mode, AeMeteringMode::kMatrix);
  set_control(r, "AeMeteringMode=1");
  EXPECT_EQ(r.ae_metering_mode, AeMeteringMode::kSpot);
  set_control(r, "ColourGains=2,1.5");
  EXPECT_EQ(r.colour_gains, (Vec3{2, 1, 1.5f}));
}

TEST(RequestText, AutoAndNoneTakeBack) {
  Request r = unlike_the_default();
  for (const char* text : {"ExposureTime=auto", "AnalogueGain=auto", "ColourGains=auto", "ColourTemperature=auto", "LensPosition=auto",
                           "AfTrigger=none", "AfPause=none", "AeWindows=none", "AwbWindows=none", "AfWindows=none"})
    set_control(r, text);
  EXPECT_FALSE(r.exposure_time || r.analogue_gain || r.colour_gains || r.colour_temperature || r.lens_position || r.af_trigger ||
               r.af_pause);
  EXPECT_TRUE(r.ae_windows.empty() && r.awb_windows.empty() && r.af_windows.empty());
}

std::string error_of(const char* text) {
  Request r;
  try {
    set_control(r, text);
  } catch (const Error& error) {
    EXPECT_EQ(r, Request()) << text;
    return error.what();
  }
  return "none";
}

TEST(RequestText, SaysWhatIsWrong) {
  EXPECT_EQ(error_of("ExposureValu=1"), "unknown control \"ExposureValu\", did you mean ExposureValue");
  EXPECT_EQ(error_of("ExposureValue"), "\"ExposureValue\", expected Name=value");
  EXPECT_EQ(error_of("ExposureValue=9"), "ExposureValue: 9 is outside of -8 to 8");
  EXPECT_EQ(error_of("ExposureValue=1x"), "ExposureValue: \"1x\" is no number");
  EXPECT_EQ(error_of("AfMode=always"), "AfMode: \"always\" is none of: manual auto continuous");
  EXPECT_EQ(error_of("AfMode=7"), "AfMode: \"7\" is none of: manual auto continuous");
  for (const char* text : {"ExposureTime=nan", "ExposureTime=0", "ExposureTime=", "ColourGains=1", "ColourGains=0,1", "AeLocked=yes",
                           "FrameDurationLimits=1", "FrameDurationLimits=5,4", "AfWindows=1,2,3,4", "AfWindows=0,0,1", "LensPosition=-1",
                           "AfWindows=0,0,1,1,1,1", "=1", "", "AfTrigger=auto"})
    EXPECT_NE(error_of(text), "none") << text;
}

}  // namespace
}  // namespace argent
