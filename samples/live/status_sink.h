// samples/live/status_sink.h - a line a second on stderr: how fast, how exposed, what was lost.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "samples/live/sink.h"

namespace argent {

class StatusSink : public Sink {
 public:
  /// `terminal`: the line is written over the one before. `lost`: frames that did not reach the loop; `dropped`: that sinks left out.
  struct Counters {
    std::function<std::uint64_t()> lost, dropped;
  };
  enum class Form { kTerminal, kLines };
  StatusSink(Form form, Counters counters) : form_(form), counters_(std::move(counters)) {}

  std::string name() const override { return "status"; }
  bool wants_picture() const override { return false; }
  void take(const LiveFrame& frame) override;
  void finish() override;

 private:
  using Clock = std::chrono::steady_clock;

  Form form_;
  Counters counters_;
  Clock::time_point begun_{};
  std::uint64_t first_ = 0;  ///< number of the first frame since begun_
};

/// "30.0 fps  9.98 ms  gain 1.53  5102 K  af focused 2.00 D  lost 0  dropped 0"
std::string status_line(const LiveFrame& frame, double fps, std::uint64_t lost, std::uint64_t dropped);

}  // namespace argent
