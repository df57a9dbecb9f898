#include "aaa/frame_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "aaa/controller.h"

namespace argent {
namespace {

constexpr int kColumns = 16, kRows = 12;

/// A scene of many levels; `light` and the exposure make it brighter.
Statistics scene(unsigned seed, float light = 1, double exposure = 10'000) {
  std::mt19937 random(seed);
  Statistics out;
  out.columns = kColumns;
  out.rows = kRows;
  out.applied.settings.exposure = Microseconds(exposure);
  for (int i = 0; i < kColumns * kRows; i++) {
    auto& zone = out.zones[static_cast<std::size_t>(i)];
    const float level = 0.12f * std::exp2(std::uniform_real_distribution<float>(-2, 2)(random));
    zone.mean.fill(std::min(1.0f, level * light * static_cast<float>(exposure) * 1e-4f));
    zone.clipped = zone.mean[1] >= 1 ? 1 : 0;
    zone.unclipped = zone.mean;
    zone.count = zone.unclipped_count = {100, 200, 100};
  }
  return out;
}

Statistics from_row(Statistics s, int first, bool garbage, unsigned seed = 9) {
  std::mt19937 random(seed);
  for (int i = first * kColumns; i < kColumns * kRows; i++)
    s.zones[static_cast<std::size_t>(i)].mean.fill(garbage ? std::uniform_real_distribution<float>(0, 1)(random) : -0.067f);
  return s;
}

TEST(FrameCheck, AFrameThatBrokeOffIsDoubtedWhereverItDid) {
  for (int first = 0; first < kRows; first++) {
    for (bool garbage : {false, true}) {
      FrameCheck check;
      EXPECT_FALSE(check.damaged(scene(1)));
      EXPECT_TRUE(check.damaged(from_row(scene(1), first, garbage))) << first << garbage;
      EXPECT_FALSE(check.damaged(scene(1)));
    }
  }
}

TEST(FrameCheck, LightThatChangesIsBelievedAtOnce) {
  for (float light : {0.02f, 0.125f, 8.0f, 64.0f}) {
    FrameCheck check;
    check.damaged(scene(1));
    EXPECT_FALSE(check.damaged(scene(1, light))) << light;
  }
  FrameCheck check;
  check.damaged(scene(1));
  EXPECT_FALSE(check.damaged(scene(1, 1, 2'500)));  // its exposure says why
}

TEST(FrameCheck, ASubjectIsBelievedAtOnceANewSceneOneFrameLater) {
  FrameCheck check;
  check.damaged(scene(1));
  Statistics subject = scene(1);
  for (int row = 2; row < 10; row++) {
    for (int column = 4; column < 9; column++) subject.zone(column, row).mean.fill(0.6f);
  }
  EXPECT_FALSE(check.damaged(subject));
  EXPECT_TRUE(check.damaged(scene(2)));
  EXPECT_FALSE(check.damaged(scene(2)));
  EXPECT_FALSE(check.damaged(scene(2)));
}

TEST(FrameCheck, AWrongBlackLevelIsBelievedInTheEnd) {
  FrameCheck check;
  int doubted = 0;
  for (int i = 0; i < 20; i++) doubted += check.damaged(from_row(scene(1), 0, false));
  EXPECT_EQ(doubted, 4);
  Statistics odd;
  odd.columns = -3;
  odd.rows = 1 << 30;
  EXPECT_FALSE(FrameCheck().damaged(odd));
}

TEST(FrameCheck, ASceneThatIsAnotherInEveryFrameCostsOne) {
  FrameCheck check;
  int doubted = 0;
  for (unsigned i = 0; i < 20; i++) doubted += check.damaged(scene(i));
  EXPECT_EQ(doubted, 1);
}

TEST(FrameCheck, ZerosAndGarbageOnEndAreBothDoubted) {
  FrameCheck check;
  EXPECT_FALSE(check.damaged(scene(1)));
  EXPECT_TRUE(check.damaged(from_row(scene(1), 4, false)));
  EXPECT_TRUE(check.damaged(from_row(scene(1), 4, true)));
  EXPECT_FALSE(check.damaged(scene(1)));
}

TEST(FrameCheck, TheControllerHoldsAndGoesOn) {
  Controller with, without;
  Decision x, y;
  for (int frame = 0; frame < 20; frame++) {
    if (frame == 10) {
      const SensorSettings held = x.controls.sensor;
      x = with.update(from_row(scene(1), 4, true));
      EXPECT_TRUE(x.trace.damaged);
      EXPECT_EQ(x.controls.sensor.exposure, held.exposure);
      EXPECT_EQ(x.trace.exposure.reason, "held: no statistics");
    }
    x = with.update(scene(1));
    y = without.update(scene(1));
    EXPECT_FALSE(x.trace.damaged);
  }
  EXPECT_NEAR(x.controls.sensor.exposure / y.controls.sensor.exposure, 1, 1e-6);
  EXPECT_NEAR(x.controls.digital_gain, y.controls.digital_gain, 1e-5);
}

}  // namespace
}  // namespace argent
