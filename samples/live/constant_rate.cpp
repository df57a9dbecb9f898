#include "samples/live/constant_rate.h"

#include <cmath>

namespace argent {
namespace {

constexpr double kUnsaid = 30;        // fps
constexpr double kLongestPause = 10;  // seconds
constexpr double kJitter = 0.75;      // places by which a frame may be off without one being left empty or used twice

}  // namespace

FrameRate frame_rate_of(const Applied& applied) {
  const double microseconds = applied.frame_duration.count();
  const double rate = microseconds >= 1 && microseconds < 1e9 ? 1e6 / microseconds : kUnsaid;
  const double whole = std::round(rate);
  if (whole >= 1 && std::abs(rate / whole - 1) < 1e-3) return {static_cast<int>(whole), 1};
  return {1'000'000, static_cast<int>(std::lround(microseconds))};
}

int ConstantRate::advance(const Applied& applied) {
  if (rate_.numerator == 0) {
    rate_ = frame_rate_of(applied);
    start_ = applied.timestamp;
  }
  const double rate = double(rate_.numerator) / rate_.denominator;
  const double ahead = (applied.timestamp - start_).count() * 1e-6 * rate - static_cast<double>(next_);
  if (ahead < -2 || ahead > kLongestPause * rate) {
    start_ = applied.timestamp;
    next_ = 1;
    return 1;
  }
  if (ahead <= -kJitter) return 0;
  const int filled = ahead < kJitter ? 0 : static_cast<int>(std::lround(ahead));
  next_ += filled + 1;
  return filled + 1;
}

}  // namespace argent
