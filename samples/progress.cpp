#include "samples/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace argent {
namespace {

constexpr int kDefaultWidth = 80;
constexpr int kWidestBar = 40, kNarrowestBar = 5;
constexpr std::chrono::milliseconds kShortestPause{100};  // redrawing faster than this flickers and nobody can read it

int terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kDefaultWidth;
  return size.ws_col;
}

std::string rate_text(double per_second, const char* unit) {
  char text[64];
  if (per_second >= 10) {
    std::snprintf(text, sizeof text, "%.0f %ss/s", per_second, unit);
  } else if (per_second >= 1) {
    std::snprintf(text, sizeof text, "%.1f %ss/s", per_second, unit);
  } else {
    std::snprintf(text, sizeof text, "%.1f s/%s", 1 / per_second, unit);
  }
  return text;
}

}  // namespace

std::string duration_text(std::chrono::duration<double> time) {
  const long long seconds = std::llround(std::clamp(time.count(), 0.0, 1e9));
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3600) return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
  return std::to_string(seconds / 3600) + " h " + std::to_string(seconds / 60 % 60) + " min";
}

std::string progress_line(const ProgressState& state, int width) {
  std::string text = std::to_string(state.finished) + "/" + std::to_string(state.total);
  if (state.finished > 0 && state.elapsed.count() > 0) {
    const double rate = static_cast<double>(state.finished) / state.elapsed.count();
    text += "  " + rate_text(rate, state.unit);
    if (state.finished < state.total) {
      text += "  " + duration_text(std::chrono::duration<double>(static_cast<double>(state.total - state.finished) / rate)) + " left";
    }
  }
  if (state.failed > 0) text += "  " + std::to_string(state.failed) + " failed";

  const int room = std::min(width - static_cast<int>(text.size()) - 3, kWidestBar);
  if (room < kNarrowestBar) return text.substr(0, static_cast<std::size_t>(std::max(width, 0)));
  const double fraction = state.total == 0 ? 1 : static_cast<double>(state.finished) / static_cast<double>(state.total);
  const auto filled = static_cast<std::size_t>(fraction * room);
  return "[" + std::string(filled, '#') + std::string(static_cast<std::size_t>(room) - filled, '.') + "] " + text;
}

ProgressBar::ProgressBar(std::size_t total, const char* unit) : visible_(::isatty(STDERR_FILENO) == 1) {
  state_.total = total;
  state_.unit = unit;
}

void ProgressBar::update(std::size_t finished, std::size_t failed) {
  state_.finished = finished;
  state_.failed = failed;
  const Clock::time_point now = Clock::now();
  if (!visible_ || (drawn_ && last_drawn_ && now - *last_drawn_ < kShortestPause)) return;
  state_.elapsed = now - start_;
  // One column stays free: a full line would wrap and could not be taken back.
  std::fprintf(stderr, "\r%s\033[K", progress_line(state_, terminal_width() - 1).c_str());
  std::fflush(stderr);
  drawn_ = true;
  last_drawn_ = now;
}

void ProgressBar::clear() {
  if (!drawn_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace argent
