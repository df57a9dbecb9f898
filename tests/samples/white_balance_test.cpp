#include "samples/white_balance.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"

namespace argent {
namespace {

using Mode = WhiteBalanceChoice::Mode;

// Adobe's matrices for a Canon 30D would do; a diagonal keeps the numbers checkable by hand.
const Mat3 kHalfGreen{1, 0, 0, 0, 2, 0, 0, 0, 1};

TEST(WhiteBalanceFromText, KnowsItsForms) {
  EXPECT_EQ(white_balance_from_text("camera").mode, Mode::kCamera);
  EXPECT_EQ(white_balance_from_text("auto").mode, Mode::kAuto);
  const WhiteBalanceChoice gains = white_balance_from_text("2.0,1,1.6");
  EXPECT_EQ(gains.mode, Mode::kGains);
  EXPECT_EQ(gains.gains, (Vec3{2.0f, 1.0f, 1.6f}));
  EXPECT_EQ(white_balance_from_text("5500").cct, 5500);
  EXPECT_EQ(white_balance_from_text("3200K").cct, 3200);
  EXPECT_EQ(white_balance_from_text("3200K").mode, Mode::kKelvin);
  EXPECT_EQ(white_balance_from_text("box 1,2,3,4").box, (Rect{1, 2, 3, 4}));
}

TEST(WhiteBalanceFromText, RefusesTheRest) {
  for (const char* text : {"", "2,1", "2,1,1,1", "2,1,0", "-2,1,1", "2,1,nan", "2,1,inf", "2,,1", "2,1,1x", "warm", "100", "99999", "5500F",
                           "box", "box 1,2,3", "box 1,2,0,4"}) {
    EXPECT_THROW(white_balance_from_text(text), Error) << text;
  }
}

TEST(KnownBalance, GainsAreTakenAsTheyAre) {
  RawFrame frame;
  frame.capture.as_shot_gains = Vec3{1.9f, 1, 1.4f};
  EXPECT_EQ(known_balance({.mode = Mode::kCamera}, frame, {}).colour_gains, (Vec3{1.9f, 1, 1.4f}));
  EXPECT_EQ(known_balance({.mode = Mode::kGains, .gains = {4, 2, 2}}, frame, {}).colour_gains, (Vec3{4, 2, 2}));
  EXPECT_EQ(known_balance({.mode = Mode::kAuto}, frame, {}).colour_gains, (Vec3{1, 1, 1}));
  EXPECT_EQ(known_balance({.mode = Mode::kGains}, frame, {}).colour_temperature, 0);
}

TEST(KnownBalance, KelvinNeedsCurveOrMatrix) {
  RawFrame frame;
  EXPECT_THROW(known_balance({.mode = Mode::kKelvin, .cct = 5000}, frame, {}), Error);
  const IlluminantPrior prior{{{4000, 0.5f, 0.5f}, {6000, 0.25f, 1.0f}}};
  const Controls curve = known_balance({.mode = Mode::kKelvin, .cct = 4000}, frame, prior);
  EXPECT_NEAR(curve.colour_gains[0], 2, 1e-4);
  EXPECT_NEAR(curve.colour_gains[2], 2, 1e-4);
  EXPECT_EQ(curve.colour_temperature, 4000);
  frame.sensor.matrices = {{6504, kHalfGreen}};
  const Controls matrix = known_balance({.mode = Mode::kKelvin, .cct = 6504}, frame, {});
  EXPECT_NEAR(matrix.colour_gains[0], 2 / 0.9505, 0.02);  // white has X = 0.9505, Y = 1, Z = 1.089
  EXPECT_NEAR(matrix.colour_gains[2], 2 / 1.089, 0.02);
}

TEST(KnownBalance, TemperatureComesFromTheMatrices) {
  RawFrame frame;
  frame.sensor.matrices = {{6504, kHalfGreen}};
  const Controls asked = known_balance({.mode = Mode::kKelvin, .cct = 5000}, frame, {});
  EXPECT_NEAR(cct_of(asked.colour_gains, frame, {}), 5000, 25);
}

TEST(WithTint, MovesTheLightAcrossTheLocus) {
  RawFrame frame;
  frame.sensor.matrices = {{6504, kHalfGreen}};
  const Controls plain = known_balance({.mode = Mode::kKelvin, .cct = 5000}, frame, {});
  EXPECT_EQ(with_tint(plain, {}, frame).colour_gains, plain.colour_gains) << "0 changes nothing";
  const Controls magenta = with_tint(plain, {.tint = 30}, frame), green = with_tint(plain, {.tint = -30}, frame);
  EXPECT_GT(magenta.colour_gains[0] * magenta.colour_gains[2], plain.colour_gains[0] * plain.colour_gains[2]) << "more red and blue";
  EXPECT_LT(green.colour_gains[0] * green.colour_gains[2], plain.colour_gains[0] * plain.colour_gains[2]);
  EXPECT_EQ(magenta.colour_gains[1], plain.colour_gains[1]);
  const auto light = cct_of_gains(frame.sensor.matrices, magenta.colour_gains);
  EXPECT_NEAR(light->duv, 0.01, 5e-4) << "3000 of it are 1";
  EXPECT_NEAR(light->cct, 5000, 60);
}

TEST(WithTint, NeedsAMatrix) { EXPECT_THROW(with_tint({}, {.tint = 1}, RawFrame()), Error); }

TEST(ControllerParamsFor, CurveOfTheProfileStays) {
  RawFrame frame;
  frame.sensor.matrices = {{6504, kHalfGreen}};
  ControllerParams params;
  params.white_balance.prior.curve = {{4000, 0.5f, 0.5f}, {6000, 0.4f, 0.7f}};
  EXPECT_EQ(controller_params_for(frame, params).white_balance.prior.curve.size(), 2u);
}

TEST(ControllerParamsFor, MatricesGiveACurve) {
  RawFrame frame;
  EXPECT_TRUE(controller_params_for(frame, {}).white_balance.prior.curve.empty());
  frame.sensor.matrices = {{6504, kHalfGreen}};
  const auto curve = controller_params_for(frame, {}).white_balance.prior.curve;
  ASSERT_GE(curve.size(), 2u);
  EXPECT_LT(curve.front().cct, curve.back().cct);
  EXPECT_GT(curve.front().red, curve.back().red);  // lamps are redder than the sky
  EXPECT_LT(curve.front().blue, curve.back().blue);
}

}  // namespace
}  // namespace argent
