#include "camera/ring_camera.h"

#include <gtest/gtest.h>

#include "camera/simulation/simulated_camera.h"

namespace argent {
namespace {

Scenario small(int frames) {
  Scenario scenario;
  scenario.frames = frames;
  scenario.sensor.size = {16, 12};
  return scenario;
}

TEST(RingCamera, FramesComeAgainAndTimeGoesOn) {
  SimulatedCamera source(small(3)), twin(small(3));
  RingCamera ring(source, 100);
  std::vector<RawFrame> original;
  while (auto frame = twin.next()) original.push_back(std::move(*frame));
  const Microseconds duration = original[0].applied.frame_duration;
  for (std::uint64_t i = 0; i < 8; i++) {
    const auto frame = ring.next();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->applied.sequence, i);
    EXPECT_NEAR(frame->applied.timestamp.count(), duration.count() * double(i), 1e-3);
    for (int p = 0; p < 16 * 12; p++) ASSERT_EQ(frame->data[p], original[i % 3].data[p]);
  }
}

TEST(RingCamera, SkippingIsMovingOn) {
  SimulatedCamera source(small(5));
  RingCamera ring(source, 2);  // of five
  ring.next();
  ring.skip();
  EXPECT_EQ(ring.next()->applied.sequence, 2U);
}

TEST(RingCamera, NothingIsRefused) {
  SimulatedCamera source(small(1));
  source.next();
  EXPECT_THROW(RingCamera(source, 4), Error);
}

}  // namespace
}  // namespace argent
