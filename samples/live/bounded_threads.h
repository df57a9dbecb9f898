// samples/live/bounded_threads.h - private: the threads behind the dashboard's server, one a connection and never more than so many.
#pragma once

#include <httplib.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace argent {

/// cpp-httplib's own pool queues connections without bound, and with them file descriptors that the camera needs. Here the server stops
/// accepting while all threads are busy; who comes then waits in the kernel's short queue.
class BoundedThreads {
 public:
  explicit BoundedThreads(std::size_t most) : most_(most) {}
  ~BoundedThreads() { shutdown(); }
  BoundedThreads(const BoundedThreads&) = delete;
  BoundedThreads& operator=(const BoundedThreads&) = delete;

  /// Waits for a thread.
  void enqueue(std::function<void()> job) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return stopping_ || jobs_.size() < idle_ || threads_.size() < most_; });
    jobs_.push_back(std::move(job));
    if (jobs_.size() > idle_ && threads_.size() < most_) threads_.emplace_back([this] { work(); });
    work_.notify_one();
  }

  /// From any thread: lets go of who waits in enqueue().
  void stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    room_.notify_all();
    work_.notify_all();
  }

  /// No enqueue() may come any more. Jobs that wait are still done: a connection's job is what closes it.
  void shutdown() {
    stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    for (const std::function<void()>& job : std::exchange(jobs_, {})) job();
  }

  /// What the server takes and deletes, which may be before stop() is called.
  class Door : public httplib::TaskQueue {
   public:
    explicit Door(BoundedThreads& threads) : threads_(threads) {}
    // void in version 0.11, bool from 0.14 on.
    using Accepted = decltype(std::declval<httplib::TaskQueue&>().enqueue({}));
    Accepted enqueue(std::function<void()> job) override {
      threads_.enqueue(std::move(job));
      return static_cast<Accepted>(true);
    }
    void shutdown() override { threads_.shutdown(); }

   private:
    BoundedThreads& threads_;
  };

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      idle_++;
      room_.notify_one();
      work_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
      idle_--;
      if (jobs_.empty()) return;
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      lock.lock();
    }
  }

  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable work_, room_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;  ///< threads that wait for a job
  bool stopping_ = false;
};

}  // namespace argent
