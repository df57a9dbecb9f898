#include "samples/live/status_sink.h"

#include <array>
#include <cstdio>
#include <iostream>

#include "samples/state_names.h"

namespace argent {

std::string status_line(const LiveFrame& frame, double fps, std::uint64_t lost, std::uint64_t dropped) {
  const SensorSettings& settings = frame.statistics->applied.settings;
  const Decision& decision = *frame.decision;
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), "%5.1f fps  ae %s %.2f ms  gain %.2f  awb %.0f K  af %s %.2f D  lost %llu  dropped %llu", fps,
                name_of(decision.trace.exposure.state), settings.exposure.count() * 1e-3, static_cast<double>(settings.analogue_gain),
                static_cast<double>(decision.controls.colour_temperature), name_of(decision.trace.focus.state),
                static_cast<double>(settings.lens_position), static_cast<unsigned long long>(lost),
                static_cast<unsigned long long>(dropped));
  return text.data();
}

void StatusSink::take(const LiveFrame& frame) {
  const Clock::time_point now = Clock::now();
  if (begun_ == Clock::time_point{}) {
    begun_ = now;
    first_ = frame.number;
    return;
  }
  const std::chrono::duration<double> seconds = now - begun_;
  if (seconds.count() < 1) return;
  const double fps = static_cast<double>(frame.number - first_) / seconds.count();
  const std::string line = status_line(frame, fps, counters_.lost(), counters_.dropped());
  std::cerr << (form_ == Form::kTerminal ? "\r" + line + "\x1b[K" : line + "\n") << std::flush;
  begun_ = now;
  first_ = frame.number;
}

void StatusSink::finish() {
  if (form_ == Form::kTerminal && begun_ != Clock::time_point{}) std::cerr << '\n';
}

}  // namespace argent
