#include "isp/line_noise.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "isp/kernel_inputs.h"

namespace argent {
namespace {

constexpr int kMostSamples = 2048;   // of a line: the median of so many is off by 3 % of the pixels' noise
constexpr std::size_t kFewest = 16;  // with fewer a line says nothing
constexpr int kIterations = 8;       // more would raise what is known least, slow waves over many lines
constexpr float kStep = 0.9f;        // below 1, as the largest eigenvalue is 2

constexpr int kAround = 16;  // lines on either side that have offsets of their own: what they share is none

/// The mean of the middle half: as robust, but not bound to steps of half a code.
float middle_mean(std::vector<float>& values) {
  const auto quarter = static_cast<std::ptrdiff_t>(values.size() / 4);
  std::nth_element(values.begin(), values.begin() + quarter, values.end());
  std::nth_element(values.begin() + quarter, values.end() - quarter, values.end());
  return std::accumulate(values.begin() + quarter, values.end() - quarter, 0.0f) / static_cast<float>(std::ssize(values) - 2 * quarter);
}

float median(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The codes of one frame by line and place along it.
class Lines {
 public:
  Lines(const RawFrame& frame, const DarkFrame* dark, LineAxis axis)
      : frame_(frame), dark_(dark), rows_(axis == LineAxis::kRows), step_(period_of(frame.sensor.cfa)) {}

  int count() const { return rows_ ? frame_.size().height : frame_.size().width; }
  int step() const { return step_; }

  /// What the offset of a line's even or odd pixels differs from that of its neighbors.
  struct Difference {
    float middle = 0;    ///< 0 where it can't be told
    float variance = 0;  ///< of it, by the pixels' noise
  };
  Difference difference(int line, int parity) const {
    if (line < step_ || line + step_ >= count()) return {};
    const int length = rows_ ? frame_.size().width : frame_.size().height;
    const int stride = std::max(1, length / 2 / kMostSamples) * 2;
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(length / stride + 1));
    for (int along = parity; along < length; along += stride) {
      const auto before = read(line - step_, along), own = read(line, along), after = read(line + step_, along);
      if (before && own && after) values.push_back(*own - 0.5f * (*before + *after));
    }
    if (values.size() < kFewest) return {};
    const float middle = middle_mean(values);
    for (float& value : values) value = std::abs(value - middle);
    constexpr float kSigma = 1.4826f;  // of the median of absolute deviations, for a normal distribution
    constexpr float kOfMiddle = 1.5f;  // variance of the mean of the middle half, as a factor to that of the mean: rather too much
    const float sigma = kSigma * median(values);
    return {std::abs(middle) < sigma ? middle : 0, kOfMiddle * sigma * sigma / static_cast<float>(values.size())};
  }

 private:
  /// nullopt where the sensor's range ends: what it would have been is not known.
  std::optional<float> read(int line, int along) const {
    const int x = rows_ ? along : line, y = rows_ ? line : along;
    const std::uint16_t code = frame_.data[y * frame_.stride + x];
    const auto site = static_cast<std::size_t>(site_of(frame_.sensor, x, y));
    if (code == 0 || static_cast<float>(code) >= frame_.sensor.white[site]) return std::nullopt;
    const std::size_t pixel = static_cast<std::size_t>(y) * static_cast<std::size_t>(frame_.size().width) + static_cast<std::size_t>(x);
    return static_cast<float>(code) - (dark_ != nullptr ? dark_->excess[pixel] : 0);
  }

  const RawFrame& frame_;
  const DarkFrame* dark_;
  bool rows_;
  int step_;
};

/// Less the mean of the lines around: skewed noise moves all middles alike, and the sum of that over a picture would be large.
std::vector<std::array<float, 2>> without_drift(const std::vector<std::array<float, 2>>& lines) {
  std::vector<std::array<float, 2>> out = lines;
  const auto count = static_cast<int>(lines.size());
  for (int line = 0; line < count; line++) {
    const int first = std::max(0, line - kAround), last = std::min(count - 1, line + kAround);
    for (std::size_t parity = 0; parity < 2; parity++) {
      float sum = 0;
      for (int i = first; i <= last; i++) sum += lines[static_cast<std::size_t>(i)][parity];
      out[static_cast<std::size_t>(line)][parity] -= sum / static_cast<float>(last - first + 1);
    }
  }
  return out;
}

/// Wiener's factor: what the pixels' noise explains is no line noise. `noise`: the sum of the variances that it gives all lines.
void shrink(std::vector<std::array<float, 2>>& lines, float noise) {
  float squares = 0;
  for (const auto& line : lines) squares += line[0] * line[0] + line[1] * line[1];
  const float share = squares > 0 ? std::max(0.0f, 1 - noise / squares) : 0;
  for (auto& line : lines) {
    for (float& value : line) value *= share;
  }
}

}  // namespace

std::vector<std::array<float, 2>> line_offsets(const RawFrame& frame, const DarkFrame* dark, LineAxis axis) {
  const Lines lines(frame, dark, axis);
  const int count = lines.count(), step = lines.step();
  std::vector<std::array<float, 2>> wanted(static_cast<std::size_t>(count)), offsets(wanted.size());
  float noise = 0;
  for (int line = 0; line < count; line++) {
    for (int parity = 0; parity < 2; parity++) {
      const Lines::Difference difference = lines.difference(line, parity);
      wanted[static_cast<std::size_t>(line)][static_cast<std::size_t>(parity)] = difference.middle;
      noise += difference.variance;
    }
  }
  wanted = without_drift(wanted);
  shrink(wanted, noise);
  const auto at = [&](int line, std::size_t parity) { return offsets[static_cast<std::size_t>(std::clamp(line, 0, count - 1))][parity]; };
  for (int i = 0; i < kIterations; i++) {
    std::vector<std::array<float, 2>> next = offsets;
    for (int line = step; line + step < count; line++) {
      for (std::size_t parity = 0; parity < 2; parity++) {
        const float difference = at(line, parity) - 0.5f * (at(line - step, parity) + at(line + step, parity));
        next[static_cast<std::size_t>(line)][parity] += kStep * (wanted[static_cast<std::size_t>(line)][parity] - difference);
      }
    }
    offsets = std::move(next);
  }
  return without_drift(offsets);
}

}  // namespace argent
