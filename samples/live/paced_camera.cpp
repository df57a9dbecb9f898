#include "samples/live/paced_camera.h"

#include <thread>
#include <utility>

namespace argent {
namespace {

constexpr double kUnsaid = 30;  // fps of frames that don't say how long they took

}  // namespace

PacedCamera::PacedCamera(std::unique_ptr<Camera> camera, double fps) : camera_(std::move(camera)), fps_(fps) {}

PacedCamera::Clock::duration PacedCamera::duration_of(const RawFrame& frame) const {
  const double stated = frame.applied.frame_duration.count() * 1e-6;
  const double seconds = fps_ > 0 ? 1 / fps_ : stated > 0 ? stated : 1 / kUnsaid;
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

std::optional<RawFrame> PacedCamera::next() {
  const Clock::time_point now = Clock::now();
  if (given_ < 2 && due_ < now) due_ = now;
  while (bracket_ == 0 && now - due_ > duration_ && duration_ > Clock::duration::zero()) {
    if (!camera_->skip()) return std::nullopt;
    due_ += duration_;
  }
  std::optional<RawFrame> frame = camera_->next();
  if (!frame) return frame;
  if (bracket_ > 0 && camera_->bracket_step() == bracket_ - 1) bracket_ = 0;
  if (given_ < 2) given_++;
  std::this_thread::sleep_until(due_);
  ready_ = due_;
  duration_ = duration_of(*frame);
  due_ += duration_;
  return frame;
}

void PacedCamera::apply_bracket(std::span<const SensorSettings> steps) {
  camera_->apply_bracket(steps);
  bracket_ = static_cast<int>(steps.size());
}

}  // namespace argent
