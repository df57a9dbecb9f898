#include "samples/live/stage_times.h"

#include <algorithm>
#include <cstdio>

namespace argent {
namespace {

constexpr std::array<const char*, 5> kNames{"wait", "measure", "decide", "render", "sinks"};

std::string row(const char* name, double mean, double longest) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%-10s %8.3f %8.3f\n", name, 1e3 * mean, 1e3 * longest);
  return text.data();
}

}  // namespace

void StageTimes::Sum::add(double seconds) {
  total += seconds;
  longest = std::max(longest, seconds);
  count++;
}

void StageTimes::end(Stage stage) {
  const Clock::time_point now = Clock::now();
  if (last_ != Clock::time_point{}) stages_[static_cast<std::size_t>(stage)].add(std::chrono::duration<double>(now - last_).count());
  if (stage == Stage::kWait) arrived_ = now;
  last_ = now;
}

void StageTimes::end_frame() {
  through_.add(std::chrono::duration<double>(last_ - arrived_).count());
  frames_++;
}

std::string StageTimes::table() const {
  std::string out = "stage       mean ms   max ms\n";
  for (std::size_t i = 0; i < stages_.size(); i++) {
    const Sum& sum = stages_[i];
    if (sum.count > 0) out += row(kNames[i], sum.total / static_cast<double>(sum.count), sum.longest);
  }
  if (frames_ > 0) out += row("in all", through_.total / static_cast<double>(frames_), through_.longest);
  return out;
}

}  // namespace argent
