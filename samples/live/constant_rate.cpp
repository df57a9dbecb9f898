#include "samples/live/constant_rate.h"

#include <cmath>

namespace argent {
namespace {

constexpr double kUnsaid = 30;        // fps
constexpr double kLongestPause = 10;  // seconds

}  // namespace

FrameRate frame_rate_of(const Applied& applied) {
  const double microseconds = applied.frame_duration.count();
  const double rate = microseconds >= 1 && microseconds < 1e9 ? 1e6 / microseconds : kUnsaid;
  const double whole = std::round(rate);
  if (whole >= 1 && std::abs(rate / whole - 1) < 1e-3) return {static_cast<std::uint32_t>(whole), 1};
  return {1'000'000, static_cast<std::uint32_t>(std::lround(microseconds))};
}

int ConstantRate::advance(const Applied& applied) {
  if (rate_.numerator == 0) {
    rate_ = frame_rate_of(applied);
    start_ = applied.timestamp;
  }
  const double rate = double(rate_.numerator) / rate_.denominator;
  const auto place = static_cast<std::int64_t>(std::llround((applied.timestamp - start_).count() * 1e-6 * rate));
  const std::int64_t ahead = place - next_;
  if (ahead < -1 || double(ahead) > kLongestPause * rate) {
    start_ = applied.timestamp;
    next_ = 1;
    return 1;
  }
  if (ahead < 0) return 0;
  next_ = place + 1;
  return static_cast<int>(ahead) + 1;
}

}  // namespace argent
