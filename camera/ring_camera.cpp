#include "camera/ring_camera.h"

#include <utility>

namespace argent {

RingCamera::RingCamera(Camera& source, std::size_t frames) {
  while (frames_.size() < frames) {
    std::optional<RawFrame> frame = source.next();
    if (!frame) break;
    frames_.push_back(std::move(*frame));
  }
  if (frames_.empty()) throw Error("a ring needs at least one frame");
  const Applied &first = frames_.front().applied, &last = frames_.back().applied;
  turn_time_ = last.timestamp + last.frame_duration - first.timestamp;
  turn_sequence_ = last.sequence + 1 - first.sequence;
}

bool RingCamera::skip() {
  if (++next_ == frames_.size()) {
    next_ = 0;
    turns_++;
  }
  return true;
}

std::optional<RawFrame> RingCamera::next() {
  RawFrame frame = share(frames_[next_]);
  frame.applied.timestamp += turn_time_ * static_cast<double>(turns_);
  frame.applied.sequence += turn_sequence_ * turns_;
  skip();
  return frame;
}

}  // namespace argent
