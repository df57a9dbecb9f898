// samples/live/capture_timer.h - captures that the command line asks for, and those of SIGUSR1.
#pragma once

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "samples/live/live_control.h"
#include "samples/live/sink.h"

namespace argent {

class CaptureTimer : public Sink {
 public:
  /// `jobs` are asked for once, `after` the first frame. A still of `format` is asked for whenever `signal` is set, which clears it.
  CaptureTimer(LiveControl& control, std::vector<CaptureJob> jobs, Microseconds after, StillFormat format, std::atomic<bool>& signal)
      : control_(control), jobs_(std::move(jobs)), after_(after), format_(format), signal_(signal) {}

  std::string name() const override { return "capture timer"; }
  bool wants_picture() const override { return false; }
  void take(const LiveFrame& frame) override {
    const Microseconds now = frame.statistics->applied.timestamp;
    if (!started_) started_ = now;
    if (signal_.exchange(false)) control_.ask({CaptureJob::Kind::kStill, format_, 1, {}});
    if (now - *started_ < after_) return;
    for (CaptureJob& job : jobs_) control_.ask(std::move(job));
    jobs_.clear();
  }

 private:
  LiveControl& control_;
  std::vector<CaptureJob> jobs_;
  Microseconds after_;
  StillFormat format_;
  std::atomic<bool>& signal_;
  std::optional<Microseconds> started_;
};

}  // namespace argent
