#include "aaa/exposure_program.h"

#include <gtest/gtest.h>

#include <cmath>

namespace argent {
namespace {

constexpr ExposureProgram kProgram{{10'000, 20'000, 40'000, 40'000}, {2, 4, 8, 8}};

SplitLimits limits() {
  SplitLimits l;
  l.max_time = 66'666;
  l.max_gain = 16;
  return l;
}

TEST(ExposureProgram, WalksStageByStage) {
  const auto at = [](double total) { return split_exposure(total, kProgram, limits()); };
  EXPECT_NEAR(at(8'000).time, 8'000, 1e-9);
  EXPECT_NEAR(at(15'000).time, 10'000, 1e-9);
  EXPECT_NEAR(at(15'000).gain, 1.5, 1e-9);
  EXPECT_NEAR(at(30'000).time, 15'000, 1e-9);
  EXPECT_NEAR(at(30'000).gain, 2, 1e-9);
  EXPECT_NEAR(at(60'000).time, 20'000, 1e-9);
  EXPECT_NEAR(at(60'000).gain, 3, 1e-9);
  EXPECT_NEAR(at(400'000).time, 50'000, 1e-9);
  EXPECT_NEAR(at(400'000).gain, 8, 1e-9);
  EXPECT_NEAR(at(1e9).total(), 66'666 * 16, 1e-6);
  EXPECT_NEAR(at(1).total(), 30, 1e-9);
}

TEST(ExposureProgram, TotalIsKeptAndMonotone) {
  double time = 0, gain = 0;
  for (double total = 30; total < 66'666 * 16; total *= 1.03) {
    const Split s = split_exposure(total, kProgram, limits());
    EXPECT_NEAR(s.total() / total, 1, 1e-9);
    EXPECT_GE(s.time, time * (1 - 1e-12));
    EXPECT_GE(s.gain, gain * (1 - 1e-12));
    time = s.time;
    gain = s.gain;
  }
}

TEST(ExposureProgram, WholePeriodsWhereOneFits) {
  for (double period : {10'000.0, 25'000.0 / 3}) {
    SplitLimits l = limits();
    l.flicker_period = period;
    for (double total = 100; total < 66'666 * 16; total *= 1.05) {
      const Split s = split_exposure(total, kProgram, l);
      const double periods = s.time / period;
      if (total >= period) {
        EXPECT_NEAR(periods, std::round(periods), 1e-9) << total;
        EXPECT_EQ(s.flicker, FlickerAvoidance::kAvoided);
      } else {
        EXPECT_EQ(s.flicker, FlickerAvoidance::kTooBright);
      }
      EXPECT_LE(s.time, l.max_time);
      EXPECT_LE(s.gain, l.max_gain);
      if (total < 400'000) {
        EXPECT_NEAR(s.total() / total, 1, 1e-9);
      }
    }
  }
}

TEST(ExposureProgram, FrameDurationIsTheCeiling) {
  Request request;
  request.max_frame_duration = Microseconds(16'667);
  SplitLimits l = split_limits({}, request);
  EXPECT_NEAR(split_exposure(100'000, kProgram, l).time, 16'667, 1e-6);
  l.flicker_period = 10'000;
  EXPECT_NEAR(split_exposure(100'000, kProgram, l).time, 10'000, 1e-6);
}

/// Two periods of 120 Hz are a whole frame at 60 a second: no sensor exposes that long, and less shows bands.
TEST(ExposureProgram, PeriodsThatFillTheFrameAreOneTooMany) {
  Request request;
  request.max_frame_duration = Microseconds(1e6 / 60);
  SplitLimits l = split_limits(AutoExposureParams{}, request);
  l.flicker_period = 1e6 / 120;
  const Split s = split_exposure(40'000, kProgram, l);
  EXPECT_NEAR(s.time, 1e6 / 120, 1);
  EXPECT_NEAR(s.total(), 40'000, 1e-6);
  EXPECT_EQ(s.flicker, FlickerAvoidance::kAvoided);
  l.flicker_period = 0;
  EXPECT_NEAR(split_exposure(400'000, kProgram, l).time, 1e6 / 60, 1);
}

TEST(ExposureProgram, ManualTimeTellsWhetherItAvoids) {
  SplitLimits l = limits();
  l.flicker_period = 10'000;
  l.time = 20'000;
  EXPECT_EQ(split_exposure(50'000, kProgram, l).flicker, FlickerAvoidance::kAvoided);
  l.time = 15'000;
  EXPECT_EQ(split_exposure(50'000, kProgram, l).flicker, FlickerAvoidance::kManual);
  EXPECT_NEAR(split_exposure(50'000, kProgram, l).gain, 50.0 / 15, 1e-9);
}

TEST(ExposureProgram, GainMakesUpForWholeLines) {
  SplitLimits limits;
  limits.line_time = 18.9;
  for (double total : {205.0, 500.0, 2300.0, 9000.0}) {
    const Split split = split_exposure(total, AutoExposureParams{}.normal_program, limits);
    const double lines = std::floor(split.time / limits.line_time);
    EXPECT_NEAR(split.time / limits.line_time, lines, 2e-3) << total;
    EXPECT_NEAR(split.total(), total, 1e-6 * total);
    EXPECT_LT(split.gain, 1.1) << total;
  }
}

}  // namespace
}  // namespace argent
