// samples/stopwatch.h - how long the steps take.
#pragma once

#include <chrono>

namespace argent {

class Stopwatch {
 public:
  /// Milliseconds since the last lap.
  double lap() {
    const auto now = Clock::now();
    const std::chrono::duration<double, std::milli> time = now - last_;
    last_ = now;
    return time.count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

}  // namespace argent
