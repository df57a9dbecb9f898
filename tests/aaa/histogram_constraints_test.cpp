#include "aaa/histogram_constraints.h"

#include <gtest/gtest.h>

#include <cmath>

namespace argent {
namespace {

/// Luma spread evenly over `stops` below `top`, as many pixels in each step of a bin's fineness; clipped above 1.
Statistics spread(double top, double stops = 6, double exposure_ev = 0) {
  Statistics s;
  for (int i = 0; i < 10'000; i++) {
    const double level = top * std::exp2(exposure_ev - stops * i / 10'000);
    s.luma[static_cast<std::size_t>(std::min(level * 1024, 1023.0))]++;
  }
  return s;
}

constexpr ConstraintMode kHard{{.01f, .9f, 0}, {1, 0, 2}};

TEST(HistogramConstraints, HardUpperStopsWhereTheShareIsReached) {
  const Constrained c = constrain(spread(.2), 0, 5, kHard);
  // The brightest 1 % begins 0.06 EV below the top of 6 EV.
  EXPECT_NEAR(c.change, std::log2(.9 / .2) + .06, .02);
  EXPECT_EQ(c.reason, "highlights");
  EXPECT_EQ(constrain(spread(.2), 0, 1, kHard).reason, "target");
}

TEST(HistogramConstraints, TheAnswerDoesNotDependOnTheExposureAtHand) {
  const double from_dark = constrain(spread(.4), 0, 4, kHard).change;
  for (double ev : {-2.0, -1.0, .5, 1.0}) {
    EXPECT_NEAR(constrain(spread(.4, 6, ev), 0, 4 - ev, kHard).change, from_dark - ev, .02) << ev;
  }
}

TEST(HistogramConstraints, ClippedPicturesComeDownAndStay) {
  // Clipped by two stops in a third of the picture: from frame to frame down to where it holds, and no further.
  double ev = 0;
  for (int i = 0; i < 8; i++) {
    const Statistics s = spread(4, 6, ev);
    ev += constrain(s, 0, 1, kHard).change;
  }
  EXPECT_NEAR(ev, std::log2(.9 / 4) + .06, .05);
}

TEST(HistogramConstraints, SoftGivesWayInProportion) {
  const ConstraintMode soft{{.01f, 1, 2}, {1, 0, 2}};
  double last = 1e9;
  for (double change : {1.0, 2.0, 3.0, 4.0, 6.0}) {
    const Constrained c = constrain(spread(.3), 0, change, soft);
    EXPECT_GE(c.change, change - 2 - 1e-6);
    EXPECT_LE(c.change, change);
    EXPECT_LE(change - c.change, 2);
    last = c.change;
  }
  EXPECT_NEAR(last, 4, .01);  // two stops of pull at the most
}

TEST(HistogramConstraints, ShadowsAreRaised) {
  const ConstraintMode shadows{{1, 1, 0}, {.5f, .1f, 4}};
  // The middle of six stops below .2 is .025.
  const Constrained c = constrain(spread(.2), 0, 0, shadows);
  EXPECT_EQ(c.reason, "shadows");
  EXPECT_NEAR(c.change, 2, .1);
  const ConstraintMode timid{{1, 1, 0}, {.5f, .1f, 1}};
  EXPECT_NEAR(constrain(spread(.2), 0, 0, timid).change, 1, .01);
}

TEST(HistogramConstraints, NothingCountedNothingConstrained) {
  const Constrained c = constrain(Statistics{}, .5, 3, kHard);
  EXPECT_EQ(c.change, 3);
  EXPECT_EQ(c.reason, "target");
}

}  // namespace
}  // namespace argent
