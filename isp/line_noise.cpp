#include "isp/line_noise.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "isp/kernel_inputs.h"

namespace argent {
namespace {

constexpr int kMostSamples = 2048;   // of a line: the median of so many is off by 3 % of the pixels' noise
constexpr std::size_t kFewest = 16;  // with fewer a line says nothing
constexpr int kIterations = 40;
constexpr float kStep = 0.9f;  // below 1, as the largest eigenvalue is 2

float median(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The codes of one frame by line and place along it.
class Lines {
 public:
  Lines(const RawFrame& frame, const DarkFrame* dark, LineAxis axis)
      : frame_(frame), dark_(dark), rows_(axis == LineAxis::kRows), step_(is_bayer(frame.sensor.cfa) ? 2 : 1) {}

  int count() const { return rows_ ? frame_.size().height : frame_.size().width; }
  int step() const { return step_; }

  /// What the offset of a line's even or odd pixels differs from that of its neighbors; 0 where it can't be told.
  float difference(int line, int parity) const {
    if (line < step_ || line + step_ >= count()) return 0;
    const int length = rows_ ? frame_.size().width : frame_.size().height;
    const int stride = std::max(1, length / 2 / kMostSamples) * 2;
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(length / stride + 1));
    for (int along = parity; along < length; along += stride) {
      const auto before = read(line - step_, along), own = read(line, along), after = read(line + step_, along);
      if (before && own && after) values.push_back(*own - 0.5f * (*before + *after));
    }
    if (values.size() < kFewest) return 0;
    const float middle = median(values);
    for (float& value : values) value = std::abs(value - middle);
    constexpr float kSigma = 1.4826f;  // of the median of absolute deviations, for a normal distribution
    return std::abs(middle) < kSigma * median(values) ? middle : 0;
  }

 private:
  /// nullopt where the sensor's range ends: what it would have been is not known.
  std::optional<float> read(int line, int along) const {
    const int x = rows_ ? along : line, y = rows_ ? line : along;
    const std::uint16_t code = frame_.data[y * frame_.stride + x];
    const auto site = static_cast<std::size_t>(site_of(frame_.sensor.cfa, x, y));
    if (code == 0 || static_cast<float>(code) >= frame_.sensor.white[site]) return std::nullopt;
    const std::size_t pixel = static_cast<std::size_t>(y) * static_cast<std::size_t>(frame_.size().width) + static_cast<std::size_t>(x);
    return static_cast<float>(code) - (dark_ != nullptr ? dark_->excess[pixel] : 0);
  }

  const RawFrame& frame_;
  const DarkFrame* dark_;
  bool rows_;
  int step_;
};

}  // namespace

std::vector<std::array<float, 2>> line_offsets(const RawFrame& frame, const DarkFrame* dark, LineAxis axis) {
  const Lines lines(frame, dark, axis);
  const int count = lines.count(), step = lines.step();
  std::vector<std::array<float, 2>> wanted(static_cast<std::size_t>(count)), offsets(wanted.size());
  for (int line = 0; line < count; line++) {
    for (int parity = 0; parity < 2; parity++)
      wanted[static_cast<std::size_t>(line)][static_cast<std::size_t>(parity)] = lines.difference(line, parity);
  }
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
  return offsets;
}

}  // namespace argent
