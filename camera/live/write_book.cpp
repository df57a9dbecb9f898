#include "camera/live/write_book.h"

namespace argent {
namespace {

// The kernel notes a frame's start a little after the sensor took its registers; a write may end in between.
constexpr std::int64_t kGuardNs = 1'000'000;
constexpr std::size_t kRemembered = 64;  // starts; frames older than that were delivered long ago

}  // namespace

void FrameClock::started(std::int64_t frame, std::int64_t time_ns) {
  if (frame <= last_frame()) return;
  starts_.push_back({frame, time_ns});
  if (starts_.size() > kRemembered) starts_.pop_front();
}

std::int64_t FrameClock::earliest(std::int64_t time_ns) const {
  for (auto start = starts_.rbegin(); start != starts_.rend(); ++start) {
    if (start->time_ns <= time_ns) return start->frame;
  }
  return starts_.empty() ? -1 : starts_.front().frame - 1;
}

std::int64_t FrameClock::latest(std::int64_t time_ns) const {
  for (const Start& start : starts_) {
    if (start.time_ns > time_ns) return start.frame - 1;
  }
  return last_frame();
}

WriteBook::WriteBook(int latency, std::int32_t value) : latency_(latency) { writes_.push_back({value, 0, 0, 0}); }

void WriteBook::wrote(std::int32_t value, std::uint64_t decision, std::int64_t begin_ns, std::int64_t end_ns) {
  writes_.push_back({value, decision, begin_ns, end_ns});
}

WriteBook::Answer WriteBook::at(const FrameClock& clock, std::int64_t frame) {
  while (writes_.size() > 1 && clock.latest(writes_[1].end_ns + kGuardNs) + latency_ <= frame) writes_.pop_front();
  Answer answer{writes_.front().value, writes_.front().decision, true};
  for (std::size_t i = 1; i < writes_.size(); i++) {
    if (clock.earliest(writes_[i].begin_ns) + latency_ > frame) break;
    if (writes_[i].value != answer.value) answer.certain = false;
  }
  return answer;
}

}  // namespace argent
