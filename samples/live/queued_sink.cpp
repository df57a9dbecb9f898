#include "samples/live/queued_sink.h"

#include <utility>

namespace argent {

QueuedSink::QueuedSink(std::unique_ptr<FrameWriter> writer, Options options)
    : writer_(std::move(writer)), options_(options), thread_([this] { work(); }) {}

QueuedSink::~QueuedSink() { end_thread(); }

void QueuedSink::end_thread() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void QueuedSink::rethrow() {
  const std::exception_ptr failed = std::exchange(failed_, nullptr);
  if (failed) std::rethrow_exception(failed);
}

void QueuedSink::take(const LiveFrame& frame) {
  LiveFrame kept = frame;
  if (!writer_->wants_raw()) kept.raw.reset();
  if (!writer_->wants_picture()) kept.picture.reset();
  std::unique_lock lock(mutex_);
  if (options_.when_full == WhenFull::kWait) {
    changed_.wait(lock, [&] { return waiting_.size() < options_.depth || failed_; });
  }
  rethrow();
  if (waiting_.size() >= options_.depth) {
    dropped_++;
    return;
  }
  waiting_.push_back(std::move(kept));
  lock.unlock();
  changed_.notify_all();
}

void QueuedSink::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    LiveFrame frame = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    changed_.notify_all();
    std::exception_ptr failed;
    try {
      writer_->write(frame);
    } catch (...) {
      failed = std::current_exception();
    }
    frame = {};  // the camera may want its buffer
    lock.lock();
    if (!failed) continue;
    failed_ = failed;
    waiting_.clear();
    changed_.notify_all();
    return;
  }
}

void QueuedSink::finish() {
  end_thread();
  rethrow();
  writer_->finish();
}

}  // namespace argent
