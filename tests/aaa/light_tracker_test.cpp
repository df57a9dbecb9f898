#include "aaa/light_tracker.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace argent {
namespace {

Statistics scene(double light, double exposure_ev, unsigned seed = 1) {
  std::mt19937 random(seed);
  Statistics s;
  s.columns = 16;
  s.rows = 12;
  for (int i = 0; i < 192; i++) {
    auto& zone = s.zones[static_cast<std::size_t>(i)];
    const double level = .03 * std::exp2(static_cast<double>(random() % 400) / 100) * light * std::exp2(exposure_ev);
    zone.mean.fill(static_cast<float>(std::min(level, 1.0)));
    zone.clipped = level >= 1 ? 1 : 0;
    zone.count = {100, 200, 100};
  }
  return s;
}

TEST(LightTracker, SeesTheLightAndNotTheExposure) {
  LightTracker tracker;
  EXPECT_FALSE(tracker.change(scene(1, 0), 0));
  tracker.set_reference(scene(1, 0), 0);
  EXPECT_NEAR(*tracker.change(scene(1, 1), 1), 0, 1e-5);
  EXPECT_NEAR(*tracker.change(scene(8, 0), 0), 3, 1e-5);  // half of it clipped
  EXPECT_NEAR(*tracker.change(scene(.125, 0), 0), -3, 1e-5);
}

TEST(LightTracker, ASubjectIsNoLight) {
  LightTracker tracker;
  tracker.set_reference(scene(1, 0), 0);
  Statistics s = scene(1, 0);
  for (int i = 0; i < 60; i++) s.zones[static_cast<std::size_t>(i)].mean[1] *= 2;
  EXPECT_NEAR(*tracker.change(s, 0), 0, 1e-5);
}

TEST(LightTracker, AnotherSceneIsNotCompared) {
  LightTracker tracker;
  tracker.set_reference(scene(1, 0), 0);
  EXPECT_FALSE(tracker.change(scene(1, 0, 2), 0));
}

}  // namespace
}  // namespace argent
