// camera/live/write_book.h - which written value of a control made which frame.
//
// A control written while frame M is exposed is in force from frame M + its latency on. When a write happened is known from its begin and
// end, when frames start from the kernel's events. A write too close to a frame's start to tell before from after leaves the frames
// between both readings unknown: those are not guessed.
#pragma once

#include <cstdint>
#include <deque>

namespace argent {

/// Shared by all controls of a sensor. Times are CLOCK_MONOTONIC.
class FrameClock {
 public:
  /// In order. Frames between two starts began somewhere between their times.
  void started(std::int64_t frame, std::int64_t time_ns);

  /// The frame that was exposed at that time at the earliest: -1 before the first one.
  std::int64_t earliest(std::int64_t time_ns) const;
  /// And at the latest.
  std::int64_t latest(std::int64_t time_ns) const;

  std::int64_t last_frame() const { return starts_.empty() ? -1 : starts_.back().frame; }
  std::int64_t last_time() const { return starts_.empty() ? 0 : starts_.back().time_ns; }

 private:
  struct Start {
    std::int64_t frame, time_ns;
  };
  std::deque<Start> starts_;
};

class WriteBook {
 public:
  struct Answer {
    std::int32_t value = 0;
    std::uint64_t decision = 0;  ///< which wanted it
    bool certain = true;
  };

  /// `value` is in force at first.
  WriteBook(int latency, std::int32_t value);

  void wrote(std::int32_t value, std::uint64_t decision, std::int64_t begin_ns, std::int64_t end_ns);

  /// Of a frame, by what the clock knows; forgets what no later frame can show.
  Answer at(const FrameClock& clock, std::int64_t frame);

  std::int32_t last_written() const { return writes_.back().value; }

 private:
  struct Write {
    std::int32_t value;
    std::uint64_t decision;
    std::int64_t begin_ns, end_ns;
  };

  int latency_;
  std::deque<Write> writes_;  ///< the first one is in force before all others
};

}  // namespace argent
