#include "samples/live/stage_times.h"

#include <algorithm>
#include <cstdio>

namespace argent {
namespace {

constexpr std::array<const char*, 5> kNames{"wait", "measure", "decide", "render", "sinks"};

double quantile(std::vector<float> values, double share) {
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), nth, values.end());
  return static_cast<double>(*nth);
}

}  // namespace

void StageTimes::Times::add(double seconds) {
  total += seconds;
  longest = std::max(longest, seconds);
  if (last.size() < kKept) {
    last.push_back(static_cast<float>(seconds));
  } else {
    last[count % kKept] = static_cast<float>(seconds);
  }
  count++;
}

std::string StageTimes::Times::row(const char* name) const {
  if (count == 0) return "";
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%-10s %8.3f %8.3f %8.3f %8.3f\n", name, 1e3 * total / static_cast<double>(count),
                1e3 * quantile(last, 0.5), 1e3 * quantile(last, 0.95), 1e3 * longest);
  return text.data();
}

void StageTimes::end(Stage stage) {
  const Clock::time_point now = Clock::now();
  if (last_ != Clock::time_point{}) stages_[static_cast<std::size_t>(stage)].add(std::chrono::duration<double>(now - last_).count());
  if (stage == Stage::kWait) arrived_ = now;
  last_ = now;
}

void StageTimes::end_frame(std::optional<Clock::time_point> ready) {
  latency_.add(std::chrono::duration<double>(last_ - ready.value_or(arrived_)).count());
  frames_++;
}

std::string StageTimes::table() const {
  std::string out = "stage, ms      mean   median     95 %  longest\n";
  for (std::size_t i = 0; i < stages_.size(); i++) out += stages_[i].row(kNames[i]);
  return out + latency_.row("latency");
}

}  // namespace argent
