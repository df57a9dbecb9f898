// The adjoint of a convolution in its weights.

#include <algorithm>
#include <vector>

#include "models/kernels/scratch.h"
#include "models/kernels/window_block.h"
#include "models/runtime/parallel.h"

namespace argent::kernels {
namespace {

/// Sums over so many pieces of a batch are taken apart and added in order.
constexpr std::int64_t kPartialSums = 8;

/// Sums over rows of images: the block's numbers, a column for each pixel, times the pixels of y.
template <class T>
struct WeightSums {
  const Resources& resources;
  const Windows& windows;
  const Axes& axes;
  const FeatureMaps<const T>& x;
  const FeatureMaps<const T>& y;
  std::int64_t width;  // of y's pixels and of the sums' rows, group by group

  std::int64_t group_width() const { return y.channels / windows.groups; }
  std::int64_t padded() const { return (group_width() + width - 1) / width * width; }
  std::int64_t rows() const {  // of the sums of one group
    return static_cast<std::int64_t>(axes[0].taps.size() * axes[1].taps.size() * axes[2].taps.size()) * (x.channels / windows.groups);
  }

  std::int64_t piece_rows() const { return rows_of_piece<T>(axes, x.channels, kSmallBlockBytes); }
  std::int64_t blocks() const { return (axes[1].count + piece_rows() - 1) / piece_rows(); }
  std::int64_t pieces() const { return axes[2].count == 0 ? 0 : windows.batch * axes[0].count * blocks(); }

  /// Of depthwise convolutions, into a row of sums for each tap.
  void add_each(T* sums, std::int64_t begin, std::int64_t end) const {
    const std::int64_t rows_at_once = piece_rows(), blocks = this->blocks(), count = axes[2].count, channels = x.channels;
    Block<T> block(resources, x, axes, rows_at_once);
    const bool dense = y.channel_step == 1;
    Scratch<T> memory(resources.pool, block.size()), pixels(resources.pool, dense ? 0 : count * channels);
    const Segments segments = segments_of(block, axes, channels, windows.groups);
    for (std::int64_t i = begin; i < end; i++) {
      const std::int64_t n = i / (axes[0].count * blocks), z = i / blocks % axes[0].count, first = i % blocks * rows_at_once;
      const std::int64_t here = std::min(rows_at_once, axes[1].count - first);
      block.load(memory.data(), n, z, first, here);
      for (std::int64_t row = 0; row < here; row++) {
        const T* from = y.data + n * y.batch_step + z * y.step[0] + (first + row) * y.step[1];
        if (!dense) pack_columns(resources, pixels.data(), channels, Matrix<T>{from, y.step[2], y.channel_step}, count, 0, channels);
        const Tile<T> tile{.a = block.data() + row * block.row_step(),
                           .a_step = block.pixel_step(),
                           .offsets = segments.offsets.data(),
                           .segments = static_cast<std::int64_t>(segments.offsets.size()),
                           .length = count,
                           .b = dense ? from : pixels.data(),
                           .b_row = dense ? y.step[2] : channels,
                           .c = sums,
                           .c_row = channels,
                           .columns = static_cast<int>(channels)};
        resources.kernels.template tile<T>().depthwise_weights(tile);
      }
    }
  }

  /// Adds what the pieces begin to end - 1 have, each a few rows of one image.
  void add(T* sums, std::int64_t begin, std::int64_t end) const {
    const std::int64_t rows_at_once = piece_rows(), blocks = this->blocks(), count = axes[2].count;
    Block<T> block(resources, x, axes, rows_at_once);
    const bool dense = y.channel_step == 1 && group_width() % width == 0 && (axes[1].count == 1 || y.step[1] == count * y.step[2]);
    Scratch<T> memory(resources.pool, block.size()), pixels(resources.pool, dense ? 0 : rows_at_once * count * padded());
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
          pack_columns(resources, pixels.data() + row * count * padded(), padded(),
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
    const std::int64_t most = resources.kernels.template tile<T>().rows, tiles = (segments.length + most - 1) / most;
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
          resources.kernels.template tile<T>().run(tile);
        }
      }
    }
  }
};

}  // namespace

template <class T>
void convolve_weights(const Resources& resources, const Windows& windows, const FeatureMaps<const T>& x, const FeatureMaps<const T>& y,
                      const Weights<T>& w) {
  const TileKernel<T>& kernel = resources.kernels.template tile<T>();
  Axes axes;
  for (std::size_t i = 0; i < kSpatialAxes; i++) axes[i] = forward_axis(windows, i, y.size[i]);
  const WeightSums<T> sums{resources, windows, axes, x, y, panel_width(y.channels / windows.groups, kernel.lanes, kernel.columns)};
  const std::int64_t size = windows.groups * sums.rows() * sums.padded();
  const std::int64_t all = sums.pieces(), parts = std::clamp<std::int64_t>(all / 4, 1, kPartialSums);
  const bool depthwise = is_depthwise(windows.groups, x.channels, y.channels);
  Scratch<T> partial(resources.pool, parts * size);
  parallel_for(resources.pool, resources.threads, parts, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t part = begin; part < end; part++) {
      std::fill_n(partial.data() + part * size, size, T{0});
      T* const to = partial.data() + part * size;
      if (depthwise)
        sums.add_each(to, part * all / parts, (part + 1) * all / parts);
      else
        sums.add(to, part * all / parts, (part + 1) * all / parts);
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
          if (depthwise) {
            const std::int64_t tap = (a * windows.kernel[1] + b) * windows.kernel[2] + c;
            *to = partial.data()[tap * x.channels + group];
            continue;
          }
          for (std::int64_t channel = 0; channel < channels; channel++, from += sums.padded()) {
            for (std::int64_t o = 0; o < outputs; o++) to[o * w.output_step + channel * w.channel_step] = from[o];
          }
        }
      }
    }
  }
}

template void convolve_weights(const Resources&, const Windows&, const FeatureMaps<const float>&, const FeatureMaps<const float>&,
                               const Weights<float>&);
template void convolve_weights(const Resources&, const Windows&, const FeatureMaps<const double>&, const FeatureMaps<const double>&,
                               const Weights<double>&);

}  // namespace argent::kernels
