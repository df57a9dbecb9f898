#include "models/kernels/convolution.h"

#include <algorithm>

#include "models/kernels/scratch.h"
#include "models/kernels/window_block.h"
#include "models/runtime/parallel.h"

namespace argent::kernels {
namespace {

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

/// A row for each tap, a column for each channel.
template <class T>
void pack_depthwise(T* to, const Weights<const T>& w, std::int64_t group_step, const Axes& axes, std::int64_t channels) {
  for (std::int64_t a : axes[0].kernel) {
    for (std::int64_t b : axes[1].kernel) {
      for (std::int64_t c : axes[2].kernel) {
        const T* const tap = w.data + a * w.step[0] + b * w.step[1] + c * w.step[2];
        for (std::int64_t channel = 0; channel < channels; channel++) *to++ = tap[channel * group_step];
      }
    }
  }
}

/// One group of one call: windows of x times weights.
template <class T>
struct Product {
  const Resources& resources;
  const Axes& axes;
  const FeatureMaps<const T>& x;
  const FeatureMaps<T>& y;
  std::int64_t groups, batch;
  const T* weights;  // packed, group after group
  std::int64_t width, group_size;
  const T* bias;  // with room for a vector behind it

  void run(int threads) const {
    const std::int64_t rows = rows_of_piece<T>(axes, x.channels, kBlockBytes), blocks = (axes[1].count + rows - 1) / rows;
    parallel_for(resources.pool, threads, batch * axes[0].count * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
      Block<T> block(resources, x, axes, rows);
      Scratch<T> memory(resources.pool, block.size());
      const Segments segments = segments_of(block, axes, x.channels, groups);
      for (std::int64_t piece = begin; piece < end; piece++) {
        const std::int64_t n = piece / (axes[0].count * blocks), z = piece / blocks % axes[0].count, first = piece % blocks * rows;
        const std::int64_t here = std::min(rows, axes[1].count - first);
        if (segments.length > 0 && !segments.offsets.empty()) block.load(memory.data(), n, z, first, here);
        if (is_depthwise(groups, x.channels, y.channels)) {
          multiply_each(block, segments, n, z, first, here);
        } else {
          for (std::int64_t group = 0; group < groups; group++) multiply(block, segments, n, z, first, here, group);
        }
      }
    });
  }

  T* result(std::int64_t n, std::int64_t z, std::int64_t row) const {
    return y.data + n * y.batch_step + (axes[0].first + z * axes[0].spacing) * y.step[0] +
           (axes[1].first + row * axes[1].spacing) * y.step[1] + axes[2].first * y.step[2];
  }

  void multiply_each(const Block<T>& block, const Segments& segments, std::int64_t n, std::int64_t z, std::int64_t first,
                     std::int64_t rows) const {
    for (std::int64_t row = 0; row < rows; row++) {
      const Tile<T> tile{.a = block.data() + row * block.row_step(),
                         .a_row = block.pixel_step(),
                         .offsets = segments.offsets.data(),
                         .segments = static_cast<std::int64_t>(segments.offsets.size()),
                         .b = weights,
                         .b_row = y.channels,
                         .bias = bias,
                         .c = result(n, z, first + row),
                         .c_row = axes[2].spacing * y.step[2],
                         .rows = static_cast<int>(axes[2].count),
                         .columns = static_cast<int>(y.channels)};
      resources.kernels.template tile<T>().depthwise(tile);
    }
  }

  void multiply(const Block<T>& block, const Segments& segments, std::int64_t n, std::int64_t z, std::int64_t first, std::int64_t rows,
                std::int64_t group) const {
    const TileKernel<T>& kernel = resources.kernels.template tile<T>();
    const std::int64_t outputs = y.channels / groups, count = axes[2].count;
    const std::int64_t panel_size = static_cast<std::int64_t>(segments.offsets.size()) * segments.length * width;
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
        T* const to = result(n, z, first + row) + output;
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

/// Weights packed, then one product; `outputs` and `channels` of one group, as the product sees them.
template <class T>
void multiply_windows(const Resources& resources, const Axes& axes, std::int64_t groups, std::int64_t batch, const FeatureMaps<const T>& x,
                      const Weights<const T>& w, std::int64_t group_step, const T* bias, const FeatureMaps<T>& y) {
  if (axes[0].count == 0 || axes[1].count == 0 || axes[2].count == 0 || y.channels == 0) return;
  const TileKernel<T>& kernel = resources.kernels.template tile<T>();
  const std::int64_t outputs = y.channels / groups, channels = x.channels / groups;
  const std::int64_t width = panel_width(outputs, kernel.lanes, kernel.columns);
  const auto taps = static_cast<std::int64_t>(axes[0].taps.size() * axes[1].taps.size() * axes[2].taps.size());
  const std::int64_t group_size = (outputs + width - 1) / width * width * taps * channels;
  Scratch<T> weights(resources.pool, groups * group_size), padded_bias(resources.pool, bias == nullptr ? 0 : y.channels + width);
  const bool depthwise = is_depthwise(groups, x.channels, y.channels);
  if (depthwise) pack_depthwise(weights.data(), w, group_step, axes, groups);
  for (std::int64_t group = 0; group < (depthwise ? 0 : groups); group++) {
    pack_weights(weights.data() + group * group_size, {w.data + group * group_step, w.output_step, w.channel_step, w.step}, axes, channels,
                 outputs, width);
  }
  if (bias != nullptr) {
    std::copy_n(bias, y.channels, padded_bias.data());
    std::fill_n(padded_bias.data() + y.channels, width, T{0});
  }
  const Product<T> product{resources, axes,           x,     y,          groups,
                           batch,     weights.data(), width, group_size, bias == nullptr ? nullptr : padded_bias.data()};
  product.run(resources.threads);
}

}  // namespace

template <class T>
void convolve(const Resources& resources, const Windows& windows, const FeatureMaps<const T>& x, const Weights<const T>& w, const T* bias,
              const FeatureMaps<T>& y) {
  Axes axes;
  for (std::size_t i = 0; i < kSpatialAxes; i++) axes[i] = forward_axis(windows, i, y.size[i]);
  multiply_windows(resources, axes, windows.groups, windows.batch, x, w, y.channels / windows.groups * w.output_step, bias, y);
}

template <class T>
void convolve_transposed(const Resources& resources, const Windows& windows, const FeatureMaps<const T>& y, const Weights<const T>& w,
                         const T* bias, const FeatureMaps<T>& x) {
  const Weights<const T> swapped{w.data, w.channel_step, w.output_step, w.step};
  for (std::int64_t z = 0; z < windows.stride[0]; z++) {
    for (std::int64_t row = 0; row < windows.stride[1]; row++) {
      for (std::int64_t column = 0; column < windows.stride[2]; column++) {
        const Axes axes{adjoint_axis(windows, 0, x.size[0], z), adjoint_axis(windows, 1, x.size[1], row),
                        adjoint_axis(windows, 2, x.size[2], column)};
        multiply_windows(resources, axes, windows.groups, windows.batch, y, swapped, y.channels / windows.groups * w.output_step, bias, x);
      }
    }
  }
}

template void convolve(const Resources&, const Windows&, const FeatureMaps<const float>&, const Weights<const float>&, const float*,
                       const FeatureMaps<float>&);
template void convolve_transposed(const Resources&, const Windows&, const FeatureMaps<const float>&, const Weights<const float>&,
                                  const float*, const FeatureMaps<float>&);
template void convolve(const Resources&, const Windows&, const FeatureMaps<const double>&, const Weights<const double>&, const double*,
                       const FeatureMaps<double>&);
template void convolve_transposed(const Resources&, const Windows&, const FeatureMaps<const double>&, const Weights<const double>&,
                                  const double*, const FeatureMaps<double>&);

}  // namespace argent::kernels
