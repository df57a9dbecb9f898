// samples/live/paced_camera.h - a camera without a clock of its own, at the pace of its frames' timestamps.
#pragma once

#include <chrono>
#include <memory>
#include <span>

#include "camera/camera.h"

namespace argent {

/// next() waits until the frame would have arrived. Who comes more than a frame too late gets the frame that is due: those before it are
/// skipped, as a sensor would not wait either; only frames of a bracket are never skipped. The clock starts with the second frame: over the
/// first a program takes its memory, which a camera's own buffers would bridge.
class PacedCamera : public Camera {
 public:
  using Clock = std::chrono::steady_clock;

  /// `fps`: instead of the durations that the frames state; 0: as stated.
  PacedCamera(std::unique_ptr<Camera> camera, double fps);

  std::optional<RawFrame> next() override;
  bool skip() override { return camera_->skip(); }
  void apply(const SensorSettings& settings) override { camera_->apply(settings); }
  void apply_bracket(std::span<const SensorSettings> steps) override;
  std::optional<Clock::time_point> ready() const override { return ready_; }
  int bracket_step() const override { return camera_->bracket_step(); }

 private:
  Clock::duration duration_of(const RawFrame& frame) const;

  std::unique_ptr<Camera> camera_;
  double fps_;
  int bracket_ = 0;          ///< steps of the bracket under way; 0: none is
  int given_ = 0;            ///< frames, as far as 2
  Clock::time_point due_{};  ///< of the next frame
  std::optional<Clock::time_point> ready_;
  Clock::duration duration_{};
};

}  // namespace argent
