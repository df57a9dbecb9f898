// samples/live/stage_times.h - how long a live camera's frames take, stage by stage.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace argent {

enum class Stage { kWait, kMeasure, kDecide, kRender, kSinks };

/// Seconds of the stages, in their order. Not for several threads at once.
class StageTimes {
 public:
  using Clock = std::chrono::steady_clock;

  /// The stage that ends now began when the one before ended. The first call after construction only starts the clock.
  void end(Stage stage);
  /// The frame whose last stage ended just now is through: from the end of its wait it took so long.
  void end_frame();

  std::uint64_t frames() const { return frames_; }
  /// "stage      mean ms  max ms", a line a stage, and one for the whole way from camera to sinks.
  std::string table() const;

 private:
  struct Sum {
    double total = 0, longest = 0;  ///< seconds
    std::uint64_t count = 0;
    void add(double seconds);
  };
  std::array<Sum, 5> stages_{};
  Sum through_;
  Clock::time_point last_{}, arrived_{};
  std::uint64_t frames_ = 0;
};

}  // namespace argent
