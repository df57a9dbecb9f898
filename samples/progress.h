// samples/progress.h - a progress bar with rate and time left, for people who watch.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace argent {

struct ProgressState {
  std::size_t total = 0, finished = 0, failed = 0;
  std::chrono::duration<double> elapsed{0};
  const char* unit = "file";
};

/// "[######......] 12/40  3.2 files/s  9 s left  1 failed", at most `width` characters; the bar gives way first.
std::string progress_line(const ProgressState& state, int width);

/// "8 s", "3 min 20 s", "2 h 5 min"
std::string duration_text(std::chrono::duration<double> time);

/// Draws on stderr, and only when that is a terminal. Not for several threads at once.
class ProgressBar {
 public:
  /// `unit`: what is counted, in the singular.
  explicit ProgressBar(std::size_t total, const char* unit = "file");
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(std::size_t finished, std::size_t failed);
  /// Call before other lines are written to the terminal; the next update draws the bar again.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  ProgressState state_;
  bool visible_ = false;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  std::optional<Clock::time_point> last_drawn_;
};

}  // namespace argent
