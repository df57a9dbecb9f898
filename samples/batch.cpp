#include "samples/batch.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace argent {
namespace {

namespace fs = std::filesystem;

/// Loaders name the file themselves; what comes from deeper down does not know it.
std::string with_file(const fs::path& file, const std::string& text) {
  return text.find(file.string()) == std::string::npos ? file.string() + ": " + text : text;
}

Outcome attempt(const Work& work, const fs::path& file, std::size_t index) {
  Outcome outcome;
  try {
    return work(file, index);
  } catch (const std::bad_alloc&) {
    outcome.error = with_file(file, "not enough memory");
  } catch (const std::exception& error) {
    outcome.error = with_file(file, error.what());
  }
  return outcome;
}

/// Puts outcomes that arrive in any order into the order of the files.
class Sequencer {
 public:
  explicit Sequencer(const BatchEvents& events) : events_(events) {}

  void arrive(std::size_t index, Outcome outcome) {
    ++finished_;
    if (!outcome.error.empty()) ++failed_;
    waiting_.emplace(index, std::move(outcome));
    while (!waiting_.empty() && waiting_.begin()->first == next_) {
      if (events_.result) events_.result(next_, waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      ++next_;
    }
    if (events_.progress) events_.progress(finished_, failed_);
  }

 private:
  const BatchEvents& events_;
  std::map<std::size_t, Outcome> waiting_;
  std::size_t next_ = 0, finished_ = 0, failed_ = 0;
};

/// Hands out the numbers of files to workers, and what came of them to the caller.
class Exchange {
 public:
  explicit Exchange(std::size_t count) : count_(count) {}

  /// count when nothing is left.
  std::size_t take() {
    const std::lock_guard lock(mutex_);
    return next_ < count_ ? next_++ : count_;
  }
  void deliver(std::size_t index, Outcome outcome) {
    const std::lock_guard lock(mutex_);
    delivered_.emplace_back(index, std::move(outcome));
    arrived_.notify_one();
  }
  std::pair<std::size_t, Outcome> receive() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !delivered_.empty(); });
    std::pair<std::size_t, Outcome> first = std::move(delivered_.front());
    delivered_.pop_front();
    return first;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::pair<std::size_t, Outcome>> delivered_;
  std::size_t count_, next_ = 0;
};

}  // namespace

Workload share_threads(int threads, std::size_t files) {
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int budget = threads > 0 ? threads : cores;
  const int workers = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(budget), std::max<std::size_t>(files, 1)));
  if (workers == 1) return {1, threads};
  return {workers, std::max(1, budget / workers)};
}

void run_batch(std::span<const std::filesystem::path> files, int workers, const Work& work, const BatchEvents& events) {
  Sequencer sequencer(events);
  Exchange exchange(files.size());
  std::vector<std::jthread> threads;  // declared last: joined first, also when an event throws
  try {
    for (int i = 0; workers > 1 && i < workers; ++i) {
      threads.emplace_back([&](const std::stop_token& stop) {
        for (std::size_t index = exchange.take(); index < files.size() && !stop.stop_requested(); index = exchange.take()) {
          exchange.deliver(index, attempt(work, files[index], index));
        }
      });
    }
  } catch (const std::system_error&) {
    // The system gives no more threads: those that run do the work, or else this one.
  }
  for (std::size_t received = 0; received < files.size(); ++received) {
    if (threads.empty()) {
      sequencer.arrive(received, attempt(work, files[received], received));
    } else {
      auto [index, outcome] = exchange.receive();
      sequencer.arrive(index, std::move(outcome));
    }
  }
}

}  // namespace argent
