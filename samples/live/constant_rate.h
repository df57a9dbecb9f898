// samples/live/constant_rate.h - frames of a camera, whose durations vary, in a file of one rate.
#pragma once

#include <cstdint>

#include "isp/frame.h"
#include "isp/io/y4m_writer.h"

namespace argent {

/// Nearest to a frame's duration: whole where it is whole to a thousandth, else with microseconds. 30 fps where a frame does not say it.
FrameRate frame_rate_of(const Applied& applied);

/// Puts each frame at its time; what lies between is filled with the frame before.
class ConstantRate {
 public:
  /// How many frames of the file pass up to and with this one: 1 as a rule, more after a pause, 0 when it came too early and has no place.
  /// A time that goes back, or a pause of more than ten seconds, is a cut: 1.
  int advance(const Applied& applied);

  FrameRate rate() const { return rate_; }

 private:
  FrameRate rate_{0, 1};  ///< until the first frame says it
  Microseconds start_{0};
  std::int64_t next_ = 0;  ///< place after the last frame, counted from start_
};

}  // namespace argent
