#include "calibration/contest/raspberry_pi_cdaf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace argent {
namespace {

struct Cycle {
  std::vector<float> visited;  ///< where the lens was sent, each once
  FocusTrace last;
};

/// A lens that is at once where it is sent, from 0 dioptres; the contrast is a function of its place.
Cycle focus(const std::function<float(float)>& contrast, AfSpeed speed = AfSpeed::kNormal) {
  RaspberryPiCdaf af({});
  Cycle out;
  Statistics s;
  for (auto& zone : s.zones) zone.mean = {.2f, .2f, .2f};
  for (int i = 0; i < 200; i++) {
    for (auto& zone : s.zones) zone.focus[0] = contrast(s.applied.settings.lens_position);
    Request request;
    request.af_mode = AfMode::kAuto;
    request.af_speed = speed;
    if (i == 3) request.af_trigger = AfTrigger::kStart;
    out.last = af.update(s, request);
    if (out.visited.empty() || out.visited.back() != out.last.target) out.visited.push_back(out.last.target);
    s.applied.settings.lens_position = out.last.target;
    if (i > 3 && out.last.state != AfState::kScanning) break;
  }
  return out;
}

float hill(float position) { return .5f - .04f * (position - 3.1f) * (position - 3.1f); }

TEST(RaspberryPiCdaf, CoarseFromTheFarEndThenBackOverThePeakThenTheParabola) {
  const Cycle cycle = focus(hill);
  // 5 is where a hill of height 0.5 at 3 has lost a quarter: 0.04 x 1.9^2 = 0.14. The parabola is exact: 3.1.
  const std::vector<float> expected{0, 1, 2, 3, 4, 5, 3.5f, 3.35f, 3.1f, 2.85f, 3.1f};
  ASSERT_EQ(cycle.visited.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); i++) EXPECT_NEAR(cycle.visited[i], expected[i], 1e-3) << i;
  EXPECT_EQ(cycle.last.state, AfState::kFocused);
  // The first place has five frames of waiting and the frame that ends them; a step has one more, for the frame's own statistics are
  // late. Ten places; 1.65 dioptres take two frames.
  EXPECT_EQ(cycle.last.frames_searched, 61);
}

TEST(RaspberryPiCdaf, FastSpeedHasNoFineScan) {
  const Cycle cycle = focus(hill, AfSpeed::kFast);
  ASSERT_EQ(cycle.visited.size(), 6u);  // 0, 1.25, .. 5, and the peak
  EXPECT_NEAR(cycle.visited.back(), 3.1, 1e-3);
  EXPECT_EQ(cycle.last.state, AfState::kFocused);
}

TEST(RaspberryPiCdaf, ContrastThatNeverFallsIsFailed) {
  const Cycle cycle = focus([](float) { return .5f; });
  EXPECT_EQ(cycle.last.state, AfState::kFailed);
  EXPECT_EQ(*std::max_element(cycle.visited.begin(), cycle.visited.end()), 12);
}

TEST(RaspberryPiCdaf, TheMotorIsLimited) {
  RaspberryPiCdaf af({});
  Statistics s;
  s.applied.settings.lens_position = 8;
  Request request;
  request.af_mode = AfMode::kAuto;
  request.af_trigger = AfTrigger::kStart;
  EXPECT_EQ(af.update(s, request).target, 5);  // it moves in start and in the frame
  request.af_trigger = {};
  EXPECT_EQ(af.update(s, request).target, 3.5f);
}

}  // namespace
}  // namespace argent
