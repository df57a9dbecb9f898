#include "models/kernels/convolution.h"

#include <algorithm>
#include <cstring>

#include "models/kernels/scratch.h"
#include "models/runtime/parallel.h"

namespace argent::kernels {
namespace {

/// Bytes of a block of rows: it stays in the second cache while it is used.
constexpr std::int64_t kBlockBytes = 160 << 10;
/// The same where each number is read again for every tile.
constexpr std::int64_t kSmallBlockBytes = 24 << 10;
/// Sums over so many pieces of a batch are taken apart and added in order.
constexpr std::int64_t kPartialSums = 8;

/// Along one axis: `count` windows, the j-th of which has its taps at j * step + tap and its result at first + j * spacing.
struct Axis {
  std::int64_t count = 0, step = 1, first = 0, spacing = 1;
  std::vector<std::int64_t> taps, kernel;  // positions, ascending; and which weights they are

  std::int64_t reach() const { return taps.empty() ? 0 : taps.back() - taps.front() + 1; }  // of one window
  std::int64_t extent(std::int64_t windows) const { return taps.empty() || windows == 0 ? 0 : (windows - 1) * step + reach(); }
};
using Axes = std::array<Axis, kSpatialAxes>;

Axis forward_axis(const Windows& w, std::size_t axis, std::int64_t count) {
  Axis result{count, w.stride[axis], 0, 1, {}, {}};
  for (std::int64_t k = 0; k < w.kernel[axis]; k++) {
    result.taps.push_back(k * w.dilation[axis] - w.pad[axis]);
    result.kernel.push_back(k);
  }
  return result;
}

/// Those results of the adjoint whose position is `phase` modulo the stride: a convolution of stride 1 with some of the taps.
Axis adjoint_axis(const Windows& w, std::size_t axis, std::int64_t size, std::int64_t phase) {
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

/// A few rows of one picture, with margins of zeros, channels last; or the picture itself where it lies so and needs no margin.
template <class T>
class Block {
 public:
  Block(const Means& means, const Pictures<const T>& x, const Axes& axes, std::int64_t rows)
      : means_(means), x_(x), axes_(axes), in_place_(lies_so()), rows_(axes[1].extent(rows)) {
    width_ = axes[2].extent(axes[2].count);
    planes_ = static_cast<std::int64_t>(axes[0].taps.size());
  }

  /// Elements that the block takes.
  std::int64_t size() const { return in_place_ ? 0 : planes_ * rows_ * width_ * x_.channels; }

  /// Looks at the windows of picture n whose axis 0 is z and whose axis 1 starts at y. `memory` has size() elements.
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
      if (x_.step[2] == 1) return means_.kernels.transpose(to, channels, from, x_.channel_step, channels, right - left);
    }
    for (std::int64_t i = 0; i < right - left; i++) {
      for (std::int64_t c = 0; c < channels; c++) to[i * channels + c] = from[i * x_.step[2] + c * x_.channel_step];
    }
  }

  const Means& means_;
  const Pictures<const T>& x_;
  const Axes& axes_;
  bool in_place_;
  std::int64_t rows_, width_ = 0, planes_ = 0;
  const T* data_ = nullptr;
};

/// Taps whose numbers lie side by side are walked in one go: a whole row of a window when neither groups nor dilation part them.
struct Segments {
  std::vector<std::int64_t> offsets;
  std::int64_t length = 0;
};

template <class T>
Segments segments_of(const Block<T>& block, const Axes& axes, std::int64_t channels, std::int64_t groups) {
  Segments result;
  const std::vector<std::int64_t>& along = axes[2].taps;
  const bool joined = groups == 1 && !along.empty() && along.back() - along.front() + 1 == static_cast<std::int64_t>(along.size());
  result.length = joined ? static_cast<std::int64_t>(along.size()) * channels : channels / groups;
  for (std::size_t a = 0; a < axes[0].taps.size(); a++) {
    for (std::size_t b = 0; b < axes[1].taps.size(); b++) {
      for (std::size_t c = 0; c < (joined ? 1 : along.size()); c++) result.offsets.push_back(block.offset(a, b, c));
    }
  }
  return result;
}

/// Rows of results, of one picture, that one piece of work makes.
template <class T>
std::int64_t rows_of_piece(const Axes& axes, std::int64_t channels, std::int64_t bytes) {
  const std::int64_t row = std::max<std::int64_t>(
      1, axes[2].extent(axes[2].count) * channels * static_cast<std::int64_t>(sizeof(T) * std::max<std::size_t>(1, axes[0].taps.size())));
  const std::int64_t fitting = (bytes / row - axes[1].reach()) / axes[1].step + 1;
  const std::int64_t rows = std::clamp<std::int64_t>(fitting, 1, std::max<std::int64_t>(1, axes[1].count));
  const std::int64_t pieces = (axes[1].count + rows - 1) / rows;
  return std::max<std::int64_t>(1, (axes[1].count + pieces - 1) / std::max<std::int64_t>(1, pieces));
}

/// The weights of one group as a matrix: a row for each tap and channel in the order of the segments, panels of `width` columns.
template <class T>
void pack_weights(T* to, const Weights<const T>& w, const Axes& axes, std::int64_t channels, std::int64_t outputs, std::int64_t width) {
  const auto taps = static_cast<std::int64_t>(axes[0].taps.size() * axes[1].taps.size() * axes[2].taps.size());
  const std::int64_t panel_size = taps * channels * width;
  for (std::int64_t first = 0; first < outputs; first += width) {
    T* row = to + first / width * panel_size;
    const std::int64_t columns = std::min(width, outputs - first);
    for (std::int64_t a : axes[0].kernel) {
      for (std::int64_t b : axes[1].kernel) {
        for (std::int64_t c : axes[2].kernel) {
          const T* tap = w.data + first * w.output_step + a * w.step[0] + b * w.step[1] + c * w.step[2];
          for (std::int64_t channel = 0; channel < channels; channel++, row += width) {
            const T* from = tap + channel * w.channel_step;
            for (std::int64_t j = 0; j < columns; j++) row[j] = from[j * w.output_step];
            std::fill(row + columns, row + width, T{0});
          }
        }
      }
    }
  }
}

/// One group of one call: windows of x times weights.
template <class T>
struct Product {
  const Means& means;
  const Axes& axes;
  const Pictures<const T>& x;
  const Pictures<T>& y;
  std::int64_t groups, batch;
  const T* weights;  // packed, group after group
  std::int64_t width, group_size;
  const T* bias;  // with room for a vector behind it

  void run(int threads) const {
    const std::int64_t rows = rows_of_piece<T>(axes, x.channels, kBlockBytes), blocks = (axes[1].count + rows - 1) / rows;
    parallel_for(means.pool, threads, batch * axes[0].count * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
      Block<T> block(means, x, axes, rows);
      Scratch<T> memory(means.pool, block.size());
      const Segments segments = segments_of(block, axes, x.channels, groups);
      for (std::int64_t piece = begin; piece < end; piece++) {
        const std::int64_t n = piece / (axes[0].count * blocks), z = piece / blocks % axes[0].count, first = piece % blocks * rows;
        const std::int64_t here = std::min(rows, axes[1].count - first);
        if (segments.length > 0 && !segments.offsets.empty()) block.load(memory.data(), n, z, first, here);
        for (std::int64_t group = 0; group < groups; group++) multiply(block, segments, n, z, first, here, group);
      }
    });
  }

  void multiply(const Block<T>& block, const Segments& segments, std::int64_t n, std::int64_t z, std::int64_t first, std::int64_t rows,
                std::int64_t group) const {
    const TileKernel<T>& kernel = means.kernels.template tile<T>();
    const std::int64_t outputs = y.channels / groups, count = axes[2].count;
    const std::int64_t panel_size = static_cast<std::int64_t>(segments.offsets.size()) * segments.length * width;
    T* const out = y.data + n * y.batch_step + (axes[0].first + z * axes[0].spacing) * y.step[0] + axes[2].first * y.step[2];
    const std::int64_t tiles = (count + kernel.rows - 1) / kernel.rows;
    for (std::int64_t j = 0; j < outputs; j += width) {
      const std::int64_t output = group * outputs + j;
      Tile<T> tile{.a_row = block.pixel_step(),
                   .offsets = segments.offsets.data(),
                   .segments = static_cast<std::int64_t>(segments.offsets.size()),
                   .length = segments.length,
                   .b = weights + group * group_size + j / width * panel_size,
                   .b_row = width,
                   .bias = bias == nullptr ? nullptr : bias + output,
                   .c_row = axes[2].spacing * y.step[2],
                   .columns = static_cast<int>(std::min(width, outputs - j))};
      for (std::int64_t row = 0; row < rows; row++) {
        const T* const from = block.data() + row * block.row_step() + group * (x.channels / groups);
        T* const to = out + (axes[1].first + (first + row) * axes[1].spacing) * y.step[1] + output;
        for (std::int64_t t = 0; t < tiles; t++) {
          const std::int64_t i = t * count / tiles;
          tile.a = from + i * tile.a_row;
          tile.c = to + i * tile.c_row;
          tile.rows = static_cast<int>((t + 1) * count / tiles - i);
          kernel.run(tile);
        }
      }
    }
  }
};

std::int64_t panel_width(std::int64_t outputs, int lanes, int columns) { return outputs <= lanes ? lanes : columns; }

/// Weights packed, then one product; `outputs` and `channels` of one group, as the product sees them.
template <class T>
void multiply_windows(const Means& means, const Axes& axes, std::int64_t groups, std::int64_t batch, const Pictures<const T>& x,
                      const Weights<const T>& w, std::int64_t group_step, const T* bias, const Pictures<T>& y) {
  if (axes[0].count == 0 || axes[1].count == 0 || axes[2].count == 0 || y.channels == 0) return;
  const TileKernel<T>& kernel = means.kernels.template tile<T>();
  const std::int64_t outputs = y.channels / groups, channels = x.channels / groups;
  const std::int64_t width = panel_width(outputs, kernel.lanes, kernel.columns);
  const auto taps = static_cast<std::int64_t>(axes[0].taps.size() * axes[1].taps.size() * axes[2].taps.size());
  const std::int64_t group_size = (outputs + width - 1) / width * width * taps * channels;
  Scratch<T> weights(means.pool, groups * group_size), padded_bias(means.pool, bias == nullptr ? 0 : y.channels + width);
  for (std::int64_t group = 0; group < groups; group++) {
    pack_weights(weights.data() + group * group_size, {w.data + group * group_step, w.output_step, w.channel_step, w.step}, axes, channels,
                 outputs, width);
  }
  if (bias != nullptr) {
    std::copy_n(bias, y.channels, padded_bias.data());
    std::fill_n(padded_bias.data() + y.channels, width, T{0});
  }
  const Product<T> product{means, axes,           x,     y,          groups,
                           batch, weights.data(), width, group_size, bias == nullptr ? nullptr : padded_bias.data()};
  product.run(means.threads);
}

}  // namespace

template <class T>
void convolve(const Means& means, const Windows& windows, const Pictures<const T>& x, const Weights<const T>& w, const T* bias,
              const Pictures<T>& y) {
  Axes axes;
  for (std::size_t i = 0; i < kSpatialAxes; i++) axes[i] = forward_axis(windows, i, y.size[i]);
  multiply_windows(means, axes, windows.groups, windows.batch, x, w, y.channels / windows.groups * w.output_step, bias, y);
}

template <class T>
void convolve_transposed(const Means& means, const Windows& windows, const Pictures<const T>& y, const Weights<const T>& w,
                         const Pictures<T>& x) {
  const Weights<const T> swapped{w.data, w.channel_step, w.output_step, w.step};
  for (std::int64_t z = 0; z < windows.stride[0]; z++) {
    for (std::int64_t row = 0; row < windows.stride[1]; row++) {
      for (std::int64_t column = 0; column < windows.stride[2]; column++) {
        const Axes axes{adjoint_axis(windows, 0, x.size[0], z), adjoint_axis(windows, 1, x.size[1], row),
                        adjoint_axis(windows, 2, x.size[2], column)};
        multiply_windows(means, axes, windows.groups, windows.batch, y, swapped, y.channels / windows.groups * w.output_step,
                         static_cast<const T*>(nullptr), x);
      }
    }
  }
}

// ---- the adjoint in the weights -------------------------------------------------------------------------------------------------------

namespace {

/// Sums over rows of pictures: the block's numbers, a column for each pixel, times the pixels of y.
template <class T>
struct WeightSums {
  const Means& means;
  const Windows& windows;
  const Axes& axes;
  const Pictures<const T>& x;
  const Pictures<const T>& y;
  std::int64_t width;  // of y's pixels and of the sums' rows, group by group

  std::int64_t group_width() const { return y.channels / windows.groups; }
  std::int64_t padded() const { return (group_width() + width - 1) / width * width; }
  std::int64_t rows() const {  // of the sums of one group
    return static_cast<std::int64_t>(axes[0].taps.size() * axes[1].taps.size() * axes[2].taps.size()) * (x.channels / windows.groups);
  }

  std::int64_t piece_rows() const { return rows_of_piece<T>(axes, x.channels, kSmallBlockBytes); }
  std::int64_t blocks() const { return (axes[1].count + piece_rows() - 1) / piece_rows(); }
  std::int64_t pieces() const { return axes[2].count == 0 ? 0 : windows.batch * axes[0].count * blocks(); }

  /// Adds what the pieces begin to end - 1 have, each a few rows of one picture.
  void add(T* sums, std::int64_t begin, std::int64_t end) const {
    const std::int64_t rows_at_once = piece_rows(), blocks = this->blocks(), count = axes[2].count;
    Block<T> block(means, x, axes, rows_at_once);
    const bool dense = y.channel_step == 1 && group_width() % width == 0 && (axes[1].count == 1 || y.step[1] == count * y.step[2]);
    Scratch<T> memory(means.pool, block.size()), pixels(means.pool, dense ? 0 : rows_at_once * count * padded());
    const Segments segments = segments_of(block, axes, x.channels, windows.groups);
    std::vector<std::int64_t> row_offsets;
    for (std::int64_t row = 0; row < rows_at_once; row++) row_offsets.push_back(row * block.row_step());
    for (std::int64_t i = begin; i < end; i++) {
      const std::int64_t n = i / (axes[0].count * blocks), z = i / blocks % axes[0].count, first = i % blocks * rows_at_once;
      const std::int64_t here = std::min(rows_at_once, axes[1].count - first);
      block.load(memory.data(), n, z, first, here);
      for (std::int64_t group = 0; group < windows.groups; group++) {
        const T* from = y.data + n * y.batch_step + z * y.step[0] + first * y.step[1] + group * group_width() * y.channel_step;
        for (std::int64_t row = 0; row < (dense ? 0 : here); row++) {
          pack_columns(means, pixels.data() + row * count * padded(), padded(),
                       Matrix<T>{from + row * y.step[1], y.step[2], y.channel_step}, count, 0, group_width());
        }
        Tile<T> tile{.a = block.data() + group * (x.channels / windows.groups),
                     .a_row = 1,
                     .a_step = block.pixel_step(),
                     .offsets = row_offsets.data(),
                     .segments = here,
                     .length = count,
                     .b = dense ? from : pixels.data(),
                     .b_row = dense ? y.step[2] : padded(),
                     .c = sums + group * rows() * padded(),
                     .c_row = padded(),
                     .add = true};
        multiply(tile, segments);
      }
    }
  }

  /// `tile`: of the first tap and channel.
  void multiply(Tile<T> tile, const Segments& segments) const {
    const std::int64_t most = means.kernels.template tile<T>().rows, tiles = (segments.length + most - 1) / most;
    const T *const a = tile.a, *const b = tile.b;
    T* const c = tile.c;
    tile.columns = static_cast<int>(width);
    for (std::size_t s = 0; s < segments.offsets.size(); s++) {
      for (std::int64_t t = 0; t < tiles; t++) {
        const std::int64_t i = t * segments.length / tiles;
        tile.a = a + segments.offsets[s] + i;
        tile.rows = static_cast<int>((t + 1) * segments.length / tiles - i);
        for (std::int64_t j = 0; j < padded(); j += width) {
          tile.b = b + j;
          tile.c = c + (static_cast<std::int64_t>(s) * segments.length + i) * padded() + j;
          means.kernels.template tile<T>().run(tile);
        }
      }
    }
  }
};

}  // namespace

template <class T>
void convolve_weights(const Means& means, const Windows& windows, const Pictures<const T>& x, const Pictures<const T>& y,
                      const Weights<T>& w) {
  const TileKernel<T>& kernel = means.kernels.template tile<T>();
  Axes axes;
  for (std::size_t i = 0; i < kSpatialAxes; i++) axes[i] = forward_axis(windows, i, y.size[i]);
  const WeightSums<T> sums{means, windows, axes, x, y, panel_width(y.channels / windows.groups, kernel.lanes, kernel.columns)};
  const std::int64_t size = windows.groups * sums.rows() * sums.padded();
  const std::int64_t all = sums.pieces(), parts = std::clamp<std::int64_t>(all / 4, 1, kPartialSums);
  Scratch<T> partial(means.pool, parts * size);
  parallel_for(means.pool, means.threads, parts, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t part = begin; part < end; part++) {
      std::fill_n(partial.data() + part * size, size, T{0});
      sums.add(partial.data() + part * size, part * all / parts, (part + 1) * all / parts);
    }
  });
  for (std::int64_t part = 1; part < parts; part++) {
    for (std::int64_t i = 0; i < size; i++) partial.data()[i] += partial.data()[part * size + i];
  }
  const T* from = partial.data();
  const std::int64_t channels = x.channels / windows.groups, outputs = y.channels / windows.groups;
  for (std::int64_t group = 0; group < windows.groups; group++) {
    for (std::int64_t a = 0; a < windows.kernel[0]; a++) {
      for (std::int64_t b = 0; b < windows.kernel[1]; b++) {
        for (std::int64_t c = 0; c < windows.kernel[2]; c++) {
          T* const to = w.data + group * outputs * w.output_step + a * w.step[0] + b * w.step[1] + c * w.step[2];
          for (std::int64_t channel = 0; channel < channels; channel++, from += sums.padded()) {
            for (std::int64_t o = 0; o < outputs; o++) to[o * w.output_step + channel * w.channel_step] = from[o];
          }
        }
      }
    }
  }
}

template void convolve(const Means&, const Windows&, const Pictures<const float>&, const Weights<const float>&, const float*,
                       const Pictures<float>&);
template void convolve_transposed(const Means&, const Windows&, const Pictures<const float>&, const Weights<const float>&,
                                  const Pictures<float>&);
template void convolve_weights(const Means&, const Windows&, const Pictures<const float>&, const Pictures<const float>&,
                               const Weights<float>&);
template void convolve(const Means&, const Windows&, const Pictures<const double>&, const Weights<const double>&, const double*,
                       const Pictures<double>&);
template void convolve_transposed(const Means&, const Windows&, const Pictures<const double>&, const Weights<const double>&,
                                  const Pictures<double>&);
template void convolve_weights(const Means&, const Windows&, const Pictures<const double>&, const Pictures<const double>&,
                               const Weights<double>&);

}  // namespace argent::kernels
