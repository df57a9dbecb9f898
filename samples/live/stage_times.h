// samples/live/stage_times.h - how long a live camera's frames take, stage by stage.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace argent {

enum class Stage { kWait, kMeasure, kDecide, kRender, kSinks };

/// How long the stages took. Not for several threads at once.
class StageTimes {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kKept = 4096;  ///< frames that median and 95 % are of: the last ones

  /// The stage that ends now began when the one before ended. The first call after construction only starts the clock.
  void end(Stage stage);
  /// The frame whose last stage ended just now is through. It could have been had since `ready`; nullopt: since its wait ended.
  void end_frame(std::optional<Clock::time_point> ready);

  std::uint64_t frames() const { return frames_; }
  /// A line a stage, of those that ran: mean, median, 95 % and longest, in ms; the last line is the latency from frame to sinks.
  std::string table() const;

 private:
  struct Times {
    double total = 0, longest = 0;  ///< seconds
    std::uint64_t count = 0;
    std::vector<float> last;  ///< at most kKept
    void add(double seconds);
    std::string row(const char* name) const;
  };
  std::array<Times, 5> stages_{};
  Times latency_;
  Clock::time_point last_{}, arrived_{};
  std::uint64_t frames_ = 0;
};

}  // namespace argent
