// samples/live/background_queue.h - a thread that does one job after the other, and a short line of those that wait.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace argent {

class BackgroundQueue {
 public:
  using Job = std::function<void()>;

  /// At most `depth` jobs wait beside the one that is done.
  explicit BackgroundQueue(std::size_t depth);
  /// Does what waits.
  ~BackgroundQueue();
  BackgroundQueue(const BackgroundQueue&) = delete;
  BackgroundQueue& operator=(const BackgroundQueue&) = delete;

  /// False: the line is full, the job is not taken. Throws what an earlier job threw: after that none is done any more.
  bool offer(Job job);
  /// Waits for a place. Throws as offer().
  void put(Job job);
  /// Does what waits and ends the thread. Throws as offer().
  void finish();

 private:
  void work();
  void end_thread();
  void rethrow();

  std::size_t depth_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  bool ended_ = false;
  bool failed_ = false;
  std::exception_ptr failure_;  ///< until it was thrown
  std::thread thread_;          ///< last: it uses all of the above
};

}  // namespace argent
