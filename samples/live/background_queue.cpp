#include "samples/live/background_queue.h"

#include <utility>

namespace argent {

BackgroundQueue::BackgroundQueue(std::size_t depth) : depth_(depth), thread_([this] { work(); }) {}

BackgroundQueue::~BackgroundQueue() { end_thread(); }

void BackgroundQueue::end_thread() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BackgroundQueue::rethrow() {
  const std::exception_ptr failure = std::exchange(failure_, nullptr);
  if (failure) std::rethrow_exception(failure);
}

bool BackgroundQueue::offer(Job job) {
  {
    const std::lock_guard lock(mutex_);
    rethrow();
    if (failed_ || waiting_.size() >= depth_) return false;
    waiting_.push_back(std::move(job));
  }
  changed_.notify_all();
  return true;
}

void BackgroundQueue::put(Job job) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() < depth_ || failed_; });
    rethrow();
    if (failed_) return;
    waiting_.push_back(std::move(job));
  }
  changed_.notify_all();
}

void BackgroundQueue::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    changed_.notify_all();
    std::exception_ptr failure;
    try {
      job();
    } catch (...) {
      failure = std::current_exception();
    }
    job = nullptr;  // what it holds may be the camera's
    lock.lock();
    if (!failure) continue;
    failure_ = failure;
    failed_ = true;
    waiting_.clear();
    changed_.notify_all();
    return;
  }
}

void BackgroundQueue::finish() {
  end_thread();
  rethrow();
}

}  // namespace argent
