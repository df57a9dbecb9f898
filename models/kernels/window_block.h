// models/kernels/window_block.h - private: where windows stand, and the rows of images under them as one block of memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "models/kernels/convolution.h"
#include "models/kernels/places.h"

namespace argent::kernels {

/// Bytes of a block of rows: it stays in the second cache while it is used.
inline constexpr std::int64_t kBlockBytes = 160 << 10;
/// The same where each number is read again for every tile.
inline constexpr std::int64_t kSmallBlockBytes = 24 << 10;
/// Along one axis: `count` windows, the j-th of which has its taps at j * step + tap and its result at first + j * spacing.
struct Axis {
  std::int64_t count = 0, step = 1, first = 0, spacing = 1;
  Places taps, kernel;  // positions, ascending; and which weights they are

  std::int64_t reach() const { return taps.empty() ? 0 : taps.back() - taps.front() + 1; }  // of one window
  std::int64_t extent(std::int64_t windows) const { return taps.empty() || windows == 0 ? 0 : (windows - 1) * step + reach(); }
};
using Axes = std::array<Axis, kSpatialAxes>;

inline Axis forward_axis(const Windows& w, std::size_t axis, std::int64_t count) {
  Axis result{count, w.stride[axis], 0, 1, {}, {}};
  for (std::int64_t k = 0; k < w.kernel[axis]; k++) {
    result.taps.push_back(k * w.dilation[axis] - w.pad[axis]);
    result.kernel.push_back(k);
  }
  return result;
}

/// Those results of the adjoint whose position is `phase` modulo the stride: a convolution of stride 1 with some of the taps.
inline Axis adjoint_axis(const Windows& w, std::size_t axis, std::int64_t size, std::int64_t phase) {
  const std::int64_t stride = w.stride[axis];
  Axis result{phase < size ? (size - phase + stride - 1) / stride : 0, 1, phase, stride, {}, {}};
  for (std::int64_t k = w.kernel[axis] - 1; k >= 0; k--) {
    const std::int64_t position = phase + w.pad[axis] - k * w.dilation[axis];
    if (position % stride != 0) continue;
    result.taps.push_back(position / stride);
    result.kernel.push_back(k);
  }
  return result;
}

/// A few rows of one image, with padding of zeros, channels last; or the image itself where it lies so and needs no padding.
template <class T>
class Block {
 public:
  Block(const Resources& resources, const FeatureMaps<const T>& x, const Axes& axes, std::int64_t rows)
      : resources_(resources), x_(x), axes_(axes), in_place_(lies_so()), rows_(axes[1].extent(rows)) {
    width_ = axes[2].extent(axes[2].count);
    planes_ = static_cast<std::int64_t>(axes[0].taps.size());
  }

  /// Elements that the block takes.
  std::int64_t size() const { return in_place_ ? 0 : planes_ * rows_ * width_ * x_.channels; }

  /// Looks at the windows of image n whose axis 0 is z and whose axis 1 starts at y. `memory` has size() elements.
  void load(T* memory, std::int64_t n, std::int64_t z, std::int64_t y, std::int64_t rows) {
    if (in_place_) {
      data_ = x_.data + n * x_.batch_step + (z * axes_[0].step) * x_.step[0] + (y * axes_[1].step) * x_.step[1];
      return;
    }
    data_ = memory;
    const std::int64_t first = y * axes_[1].step + axes_[1].taps.front(), extent = axes_[1].extent(rows);
    for (std::int64_t plane = 0; plane < planes_; plane++) {
      const std::int64_t in_z = z * axes_[0].step + axes_[0].taps[static_cast<std::size_t>(plane)];
      for (std::int64_t row = 0; row < extent; row++) {
        load_row(memory + (plane * rows_ + row) * width_ * x_.channels, n, in_z, first + row);
      }
    }
  }

  const T* data() const { return data_; }
  std::int64_t row_step() const { return axes_[1].step * (in_place_ ? x_.step[1] : width_ * x_.channels); }
  std::int64_t pixel_step() const { return axes_[2].step * x_.channels; }

  /// Where the numbers under a window's taps lie, from data() on.
  std::int64_t offset(std::size_t tap0, std::size_t tap1, std::size_t tap2) const {
    if (in_place_) return axes_[0].taps[tap0] * x_.step[0] + axes_[1].taps[tap1] * x_.step[1] + axes_[2].taps[tap2] * x_.channels;
    const std::int64_t row = axes_[1].taps[tap1] - axes_[1].taps.front(), column = axes_[2].taps[tap2] - axes_[2].taps.front();
    return ((static_cast<std::int64_t>(tap0) * rows_ + row) * width_ + column) * x_.channels;
  }

 private:
  bool lies_so() const {
    if ((x_.channels != 1 && x_.channel_step != 1) || (x_.size[2] != 1 && x_.step[2] != x_.channels)) return false;
    for (std::size_t i = 0; i < kSpatialAxes; i++) {
      if (axes_[i].taps.empty() || axes_[i].taps.front() < 0) return false;
      if ((axes_[i].count - 1) * axes_[i].step + axes_[i].taps.back() >= x_.size[i]) return false;
    }
    return true;
  }

  void load_row(T* to, std::int64_t n, std::int64_t z, std::int64_t y) const {
    const std::int64_t channels = x_.channels, first = axes_[2].taps.front();
    const std::int64_t left = std::clamp<std::int64_t>(-first, 0, width_);
    const std::int64_t right = std::clamp<std::int64_t>(x_.size[2] - first, left, width_);
    const bool inside = z >= 0 && z < x_.size[0] && y >= 0 && y < x_.size[1] && left < right;
    if (!inside) {
      std::fill(to, to + width_ * channels, T{0});
      return;
    }
    std::fill(to, to + left * channels, T{0});
    std::fill(to + right * channels, to + width_ * channels, T{0});
    const T* from = x_.data + n * x_.batch_step + z * x_.step[0] + y * x_.step[1] + (first + left) * x_.step[2];
    to += left * channels;
    if (x_.channel_step == 1 && x_.step[2] == channels) {
      std::memcpy(to, from, static_cast<std::size_t>((right - left) * channels) * sizeof(T));
      return;
    }
    if constexpr (sizeof(T) == sizeof(float)) {
      if (x_.step[2] == 1) return resources_.kernels.transpose(to, channels, from, x_.channel_step, channels, right - left);
    }
    for (std::int64_t i = 0; i < right - left; i++) {
      for (std::int64_t c = 0; c < channels; c++) to[i * channels + c] = from[i * x_.step[2] + c * x_.channel_step];
    }
  }

  const Resources& resources_;
  const FeatureMaps<const T>& x_;
  const Axes& axes_;
  bool in_place_;
  std::int64_t rows_, width_ = 0, planes_ = 0;
  const T* data_ = nullptr;
};

/// Taps whose numbers lie side by side are walked in one go: a whole row of a window when neither groups nor dilation part them.
struct Segments {
  Places offsets;
  std::int64_t length = 0;
};

template <class T>
Segments segments_of(const Block<T>& block, const Axes& axes, std::int64_t channels, std::int64_t groups) {
  Segments result;
  const Places& along = axes[2].taps;
  const bool joined = groups == 1 && !along.empty() && along.back() - along.front() + 1 == static_cast<std::int64_t>(along.size());
  result.length = joined ? static_cast<std::int64_t>(along.size()) * channels : channels / groups;
  for (std::size_t a = 0; a < axes[0].taps.size(); a++) {
    for (std::size_t b = 0; b < axes[1].taps.size(); b++) {
      for (std::size_t c = 0; c < (joined ? 1 : along.size()); c++) result.offsets.push_back(block.offset(a, b, c));
    }
  }
  return result;
}

/// Rows of results, of one image, that one piece of work makes.
template <class T>
std::int64_t rows_of_piece(const Axes& axes, std::int64_t channels, std::int64_t bytes) {
  const std::int64_t row = std::max<std::int64_t>(
      1, axes[2].extent(axes[2].count) * channels * static_cast<std::int64_t>(sizeof(T) * std::max<std::size_t>(1, axes[0].taps.size())));
  const std::int64_t fitting = (bytes / row - axes[1].reach()) / axes[1].step + 1;
  const std::int64_t rows = std::clamp<std::int64_t>(fitting, 1, std::max<std::int64_t>(1, axes[1].count));
  const std::int64_t pieces = (axes[1].count + rows - 1) / rows;
  return std::max<std::int64_t>(1, (axes[1].count + pieces - 1) / std::max<std::int64_t>(1, pieces));
}

/// Each channel by itself: columns of numbers times columns of weights.
inline bool is_depthwise(std::int64_t groups, std::int64_t channels, std::int64_t outputs) {
  return groups > 1 && channels == groups && outputs == groups;
}

/// Of packed weights: one vector where that is enough.
inline std::int64_t panel_width(std::int64_t outputs, int lanes, int columns) { return outputs <= lanes ? lanes : columns; }

}  // namespace argent::kernels
