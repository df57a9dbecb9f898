#include "samples/live/paced_camera.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace argent {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Frames of 20 ms that cost nothing; a bracket begins two frames later.
class QuickCamera : public Camera {
 public:
  std::optional<RawFrame> next() override {
    RawFrame frame;
    frame.applied.sequence = shown_ = next_++;
    frame.applied.frame_duration = Microseconds(20'000);
    return frame;
  }
  bool skip() override {
    shown_ = next_++;
    return true;
  }
  void apply(const SensorSettings&) override {}
  void apply_bracket(std::span<const SensorSettings> steps) override {
    first_step_ = next_ + 2;
    steps_ = steps.size();
  }
  int bracket_step() const override {
    return shown_ >= first_step_ && shown_ < first_step_ + steps_ ? static_cast<int>(shown_ - first_step_) : -1;
  }

 private:
  std::uint64_t next_ = 0, shown_ = 0, first_step_ = 0;
  std::size_t steps_ = 0;
};

TEST(PacedCamera, FramesComeAtTheirPace) {
  PacedCamera stated(std::make_unique<QuickCamera>(), 0), faster(std::make_unique<QuickCamera>(), 200);
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < 6; i++) stated.next();
  EXPECT_GE(Clock::now() - start, 5 * 20ms - 1ms);
  const Clock::time_point again = Clock::now();
  for (int i = 0; i < 6; i++) faster.next();
  EXPECT_GE(Clock::now() - again, 5 * 5ms - 1ms);
}

TEST(PacedCamera, WhoIsLateGetsTheFrameThatIsDue) {
  PacedCamera camera(std::make_unique<QuickCamera>(), 0);
  camera.next();
  const Clock::time_point start = Clock::now();
  camera.next();
  std::this_thread::sleep_for(205ms);
  const auto frame = camera.next();
  const auto due = static_cast<std::uint64_t>((Clock::now() - start) / 20ms);
  EXPECT_GE(frame->applied.sequence, 10U);
  EXPECT_LE(frame->applied.sequence, due + 2);
}

TEST(PacedCamera, WhoIsSlowOverTheFirstFrameLosesNone) {
  PacedCamera camera(std::make_unique<QuickCamera>(), 0);
  camera.next();
  std::this_thread::sleep_for(205ms);
  EXPECT_EQ(camera.next()->applied.sequence, 1U);
}

TEST(PacedCamera, FramesOfABracketAreNotSkipped) {
  PacedCamera camera(std::make_unique<QuickCamera>(), 0);
  camera.next();
  camera.apply_bracket(std::vector<SensorSettings>(3));
  std::vector<int> steps;
  for (int i = 0; i < 5; i++) {
    std::this_thread::sleep_for(50ms);
    camera.next();
    steps.push_back(camera.bracket_step());
  }
  EXPECT_EQ(steps, (std::vector<int>{-1, -1, 0, 1, 2}));
  std::this_thread::sleep_for(50ms);
  EXPECT_GT(camera.next()->applied.sequence, 6U);  // now it catches up
}

}  // namespace
}  // namespace argent
