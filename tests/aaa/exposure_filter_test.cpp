#include "aaa/exposure_filter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace argent {
namespace {

TEST(ExposureFilter, AveragesNoise) {
  std::mt19937 random(3);
  std::normal_distribution<double> noise(0, .0144);  // 1 %
  ExposureFilter filter{AutoExposureParams{}};
  double squares = 0;
  int count = 0;
  for (int i = 0; i < 10'000; i++) {
    const double v = filter.update({10 + noise(random), .02, 1 / 30.0, {}});
    if (i < 50) continue;
    squares += (v - 10) * (v - 10);
    count++;
  }
  EXPECT_LT(std::sqrt(squares / count), .0144 / 4);
  EXPECT_NEAR(filter.noise(), .0144, .006);
}

TEST(ExposureFilter, FollowsAStepAtOnce) {
  ExposureFilter filter{AutoExposureParams{}};
  for (int i = 0; i < 50; i++) filter.update({10, 0, 1 / 30.0, {}});
  EXPECT_NEAR(filter.update({13, 3, 1 / 30.0, {}}), 13, 1e-9);
  // What was seen from afar is given up for the first frame from near by.
  EXPECT_NEAR(filter.update({13.1, .1, 1 / 30.0, {}}), 13.1, 1e-9);
}

TEST(ExposureFilter, FollowsSmallStepsSoon) {
  ExposureFilter filter{AutoExposureParams{}};
  for (int i = 0; i < 100; i++) filter.update({10, 0, 1 / 30.0, {}});
  double v = 0;
  for (int i = 0; i < 6; i++) v = filter.update({10.03, .03, 1 / 30.0, {}});
  EXPECT_NEAR(v, 10.03, .006);
}

TEST(ExposureFilter, SmallChangesThatAreNotTheLightsAreSlow) {
  ExposureFilter filter{AutoExposureParams{}};
  for (int i = 0; i < 300; i++) filter.update({10, 0, 1 / 30.0, 0.0});
  double v = 0;
  for (int i = 0; i < 30; i++) v = filter.update({10.08, .08, 1 / 30.0, 0.0});
  EXPECT_LT(v, 10.03);
  for (int i = 0; i < 30 * 60; i++) v = filter.update({10.08, .01, 1 / 30.0, 0.0});
  EXPECT_NEAR(v, 10.08, .005);
  // The light's own are not.
  EXPECT_NEAR(filter.update({9.08, -1, 1 / 30.0, 1.0}), 9.08, .005);
}

TEST(ExposureFilter, FramesThatContradictWhatIsBelievedEndIt) {
  // The light became ten times as bright and of another color, in which the scene is metered a quarter of a stop brighter.
  ExposureFilter filter{AutoExposureParams{}};
  for (int i = 0; i < 100; i++) filter.update({10, 0, 1 / 30.0, 0.0});
  EXPECT_NEAR(filter.update({7, -3, 1 / 30.0, 3.3}), 6.7, .01);       // clipped: the light's change says more
  EXPECT_NEAR(filter.update({6.45, -.25, 1 / 30.0, 3.3}), 6.7, .01);  // one frame is not enough
  double v = 0;
  for (int i = 0; i < 3; i++) v = filter.update({6.45, -.25, 1 / 30.0, 3.3});
  EXPECT_NEAR(v, 6.45, .01);
  // At the sensor's limit two stops short, something bright comes in.
  ExposureFilter dark{AutoExposureParams{}};
  for (int i = 0; i < 100; i++) dark.update({11, 2, 1 / 30.0, 0.0});
  for (int i = 0; i < 4; i++) v = dark.update({8, -1, 1 / 30.0, 0.0});
  EXPECT_NEAR(v, 8, .01);
  // What changes sides is none.
  ExposureFilter flicker{AutoExposureParams{}};
  for (int i = 0; i < 100; i++) flicker.update({10, 0, 1 / 30.0, 0.0});
  for (int i = 0; i < 60; i++) {
    const double change = i % 3 == 0 ? -.4 : .2;
    ASSERT_NEAR(flicker.update({10 + change, change, 1 / 30.0, 0.0}), 10, .01) << i;
  }
}

}  // namespace
}  // namespace argent
