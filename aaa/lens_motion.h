// aaa/lens_motion.h - private: where the lens really is: behind what the camera says it was sent to.
#pragma once

#include <cstdint>

#include "isp/frame.h"

namespace argent {

/// Source: own; a first-order lag, which is what a voice coil with its driver's damping comes to within a frame or two.
class LensMotion {
 public:
  explicit LensMotion(float lag_frames) : lag_(lag_frames) {}

  /// Once a frame, before anything else is asked.
  void update(const Applied& applied);

  float position() const { return position_; }      ///< dioptres, in the middle of this frame's exposure
  float speed() const { return speed_; }            ///< dioptres since the frame before
  float applied() const { return applied_; }        ///< what the camera reports
  int unchanged() const { return unchanged_; }      ///< frames since the report changed
  int frames() const { return frames_; }            ///< since the frame before: more than 1 when some got lost
  bool at_rest() const;                             ///< the model says that it doesn't move
  bool arrived(float target, int patience) const;   ///< at rest at `target`, or at rest elsewhere for `patience` frames (limits, steps)
  int frames_to(float distance, float rest) const;  ///< until only `rest` of `distance` is left, at least 1

 private:
  float lag_;
  float position_ = 0, end_ = 0, speed_ = 0, applied_ = 0;  ///< end_: when the frame's time is over
  int unchanged_ = 0, frames_ = 0;
  std::uint64_t sequence_ = 0;
};

}  // namespace argent
