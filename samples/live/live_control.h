// samples/live/live_control.h - what a user may change while the camera runs, from any thread: the command line, a key, the dashboard.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "aaa/request.h"

namespace argent {

enum class StillFormat { kJpeg, kDng };

/// A job beside the stream. Files are named by the loop, which says where they are.
struct CaptureJob {
  enum class Kind { kStill, kBurst, kBracket };
  Kind kind = Kind::kStill;
  StillFormat format = StillFormat::kJpeg;
  int frames = 1;               ///< of a burst
  std::vector<float> brackets;  ///< EV from the current exposure, in order, one frame each
};

/// Shared by the loop, which takes, and everybody else, who asks. Thread-safe.
class LiveControl {
 public:
  explicit LiveControl(Request request = {}) : request_(std::move(request)) {}

  /// What holds now, without triggers.
  Request request() const {
    const std::lock_guard lock(mutex_);
    return request_;
  }

  /// Changes the request; trigger and pause set here are of one frame alone.
  void change(const std::function<void(Request&)>& edit) {
    const std::lock_guard lock(mutex_);
    edit(request_);
  }

  /// For the loop: the request of the next frame; one-frame parts are gone after it.
  Request take_request() {
    const std::lock_guard lock(mutex_);
    Request out = request_;
    request_.af_trigger.reset();
    request_.af_pause.reset();
    return out;
  }

  void ask(CaptureJob job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }

  /// For the loop.
  std::vector<CaptureJob> take_jobs() {
    const std::lock_guard lock(mutex_);
    return std::exchange(jobs_, {});
  }

 private:
  mutable std::mutex mutex_;
  Request request_;
  std::vector<CaptureJob> jobs_;
};

}  // namespace argent
