#include "samples/live/constant_rate.h"

#include <gtest/gtest.h>

namespace argent {
namespace {

Applied at(double seconds, double duration = 1 / 30.0) {
  Applied applied;
  applied.timestamp = Microseconds(1e6 * seconds);
  applied.frame_duration = Microseconds(1e6 * duration);
  return applied;
}

TEST(ConstantRate, RatesAreWholeWhereFramesAre) {
  EXPECT_EQ(frame_rate_of(at(0, 1 / 30.0)).numerator, 30U);
  EXPECT_EQ(frame_rate_of(at(0, 1 / 30.0)).denominator, 1U);
  EXPECT_EQ(frame_rate_of(at(0, 0.0375)).numerator, 1'000'000U);
  EXPECT_EQ(frame_rate_of(at(0, 0.0375)).denominator, 37'500U);
  EXPECT_EQ(frame_rate_of(at(0, 0)).numerator, 30U);
  EXPECT_EQ(frame_rate_of(at(0, 2)).denominator, 2'000'000U);
}

TEST(ConstantRate, SteadyFramesHaveOnePlaceEachWhateverTheJitter) {
  ConstantRate rate;
  for (int i = 0; i < 1000; i++) EXPECT_EQ(rate.advance(at(i / 30.0 + (i % 3 - 1) * 0.01 + 0.01)), 1) << i;
}

TEST(ConstantRate, GapsAreFilledAndEarlyFramesLeftOut) {
  ConstantRate rate;
  EXPECT_EQ(rate.advance(at(0)), 1);
  EXPECT_EQ(rate.advance(at(5 / 30.0)), 5);
  EXPECT_EQ(rate.advance(at(5.2 / 30.0)), 0);
  EXPECT_EQ(rate.advance(at(6 / 30.0)), 1);
}

TEST(ConstantRate, ACameraThatComesBackIsACut) {
  ConstantRate rate;
  EXPECT_EQ(rate.advance(at(100)), 1);
  EXPECT_EQ(rate.advance(at(0)), 1);
  EXPECT_EQ(rate.advance(at(1 / 30.0)), 1);
  EXPECT_EQ(rate.advance(at(1000)), 1);
  EXPECT_EQ(rate.advance(at(1000 + 1 / 30.0)), 1);
}

}  // namespace
}  // namespace argent
