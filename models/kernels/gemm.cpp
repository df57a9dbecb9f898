#include "models/kernels/gemm.h"

#include <algorithm>
#include <cstring>

#include "models/kernels/scratch.h"
#include "models/runtime/context.h"
#include "models/runtime/parallel.h"

namespace argent::kernels {
namespace {

/// Sums of so many products are kept in registers; a panel of b of that length and a tile of a lie in the first cache.
constexpr std::int64_t kDepth = 256;
/// Rows of a that lie in the second cache, and columns of a piece of work. All multiples of every tile.
constexpr std::int64_t kRows = 144, kColumns = 1024;
/// Below so many products a second thread costs more than it does.
constexpr std::int64_t kParallelProducts = 1 << 17;

/// A piece of copying.
constexpr std::int64_t kPackedElements = 1 << 16;

constexpr std::int64_t kNoOffset = 0;

std::int64_t up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

/// Rows of a, each `depth` long and `row` apart.
template <class T>
void pack_rows(const Resources& resources, T* to, std::int64_t row, Matrix<T> a, std::int64_t rows, std::int64_t depth) {
  if (depth == 0) return;
  if (a.column == 1) {
    for (std::int64_t i = 0; i < rows; i++) std::memcpy(to + i * row, a.data + i * a.row, static_cast<std::size_t>(depth) * sizeof(T));
    return;
  }
  if constexpr (sizeof(T) == sizeof(float)) {
    if (a.row == 1) return resources.kernels.transpose(to, row, a.data, a.column, depth, rows);
  }
  for (std::int64_t i = 0; i < rows; i++) {
    for (std::int64_t k = 0; k < depth; k++) to[i * row + k] = a.data[i * a.row + k * a.column];
  }
}

/// One piece: `rows` x `columns` of c, from b packed in panels of all its k rows.
template <class T>
struct Piece {
  std::int64_t rows, columns, k;
  Matrix<T> a;
  const T* panels;
  std::int64_t panel_width, panel_size, b_row;
  T* c;
  std::int64_t c_row;

  void run(const Resources& resources) const {
    const TileKernel<T>& kernel = resources.kernels.template tile<T>();
    // Rows a power of two apart share few places of the first cache.
    const bool direct = (a.column == 1 && (rows <= kernel.rows || a.row % 512 != 0)) || a.row == 1;
    Scratch<T> packed(resources.pool, direct ? 0 : rows * (std::min(k, kDepth) + 16));
    for (std::int64_t k0 = 0; k0 < std::max<std::int64_t>(k, 1); k0 += kDepth) {
      const std::int64_t depth = std::min(kDepth, k - k0);
      Matrix<T> block{a.data + k0 * a.column, a.row, a.column};
      if (!direct) {
        pack_rows(resources, packed.data(), depth + 16, block, rows, depth);
        block = {packed.data(), depth + 16, 1};
      }
      for (std::int64_t j = 0; j < columns; j += panel_width) {
        const T* panel = panels + j / panel_width * panel_size + k0 * b_row;
        const auto wide = static_cast<int>(std::min(panel_width, columns - j));
        for (std::int64_t i = 0; i < rows;) {
          const std::int64_t tiles = (rows - i + kernel.rows - 1) / kernel.rows;
          const auto high = static_cast<int>((rows - i + tiles - 1) / tiles);
          Tile<T> tile{.a = block.data + i * block.row,
                       .a_row = block.row,
                       .a_step = block.column,
                       .offsets = &kNoOffset,
                       .length = depth,
                       .b = panel,
                       .b_row = b_row,
                       .c = c + i * c_row + j,
                       .c_row = c_row,
                       .rows = high,
                       .columns = wide,
                       .add = k0 > 0};
          kernel.run(tile);
          i += high;
        }
      }
    }
  }
};

}  // namespace

template <class T>
void pack_columns(const Resources& resources, T* to, std::int64_t width, Matrix<T> b, std::int64_t k, std::int64_t first,
                  std::int64_t columns) {
  const T* from = b.data + first * b.column;
  if (b.column == 1) {
    const auto bytes = static_cast<std::size_t>(columns) * sizeof(T);
    for (std::int64_t i = 0; i < k; i++) std::memcpy(to + i * width, from + i * b.row, bytes);
  } else if (sizeof(T) == sizeof(float) && b.row == 1) {
    if constexpr (sizeof(T) == sizeof(float)) resources.kernels.transpose(to, width, from, b.column, columns, k);
  } else {
    for (std::int64_t i = 0; i < k; i++) {
      for (std::int64_t j = 0; j < columns; j++) to[i * width + j] = from[i * b.row + j * b.column];
    }
  }
  for (std::int64_t i = 0; i < (columns < width ? k : 0); i++) std::fill(to + i * width + columns, to + (i + 1) * width, T{0});
}

namespace {

/// All of b in panels of `width` columns and k rows each.
template <class T>
void pack(const Resources& resources, int threads, T* to, std::int64_t width, Matrix<T> b, std::int64_t n, std::int64_t k) {
  const TileKernel<T>& kernel = resources.kernels.template tile<T>();
  const std::int64_t panels = (n + width - 1) / width, whole = b.column == 1 && width == kernel.columns ? n / width : 0;
  // Rows are read as they lie, columns panel by panel.
  parallel_for(resources.pool, threads, whole > 0 ? k : 0, std::max<std::int64_t>(1, kPackedElements / n),
               [&](std::int64_t begin, std::int64_t end) {
                 kernel.pack(to + begin * width, width * k, b.data + begin * b.row, b.row, end - begin, whole);
               });
  parallel_for(resources.pool, threads, panels - whole, std::max<std::int64_t>(1, kPackedElements / std::max<std::int64_t>(1, width * k)),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t p = whole + begin; p < whole + end; p++)
                   pack_columns(resources, to + p * width * k, width, b, k, p * width, std::min(width, n - p * width));
               });
}

}  // namespace

Resources Resources::current() {
  Context& context = Context::current();
  return {context.pool(), context.threads(), kernels_for(context.target())};
}

template <class T>
void gemm(const Resources& resources, std::int64_t m, std::int64_t n, std::int64_t k, Matrix<T> a, Matrix<T> b, T* c, std::int64_t c_row) {
  if (m == 0 || n == 0) return;
  const TileKernel<T>& kernel = resources.kernels.template tile<T>();
  // What has no step at all would be taken for one with both.
  if (m == 1) a.row = a.column == 1 ? k : 1;
  if (k == 1) a.column = a.row == 1 ? m : 1;
  const std::int64_t width = n <= kernel.lanes ? kernel.lanes : kernel.columns, panels = (n + width - 1) / width;
  const bool in_place = b.column == 1 && m <= kernel.rows && n % width == 0;  // not worth a copy
  Scratch<T> packed(resources.pool, in_place ? 0 : panels * width * k);
  const int threads = m * n * k < kParallelProducts ? 1 : resources.threads;
  if (!in_place) pack(resources, threads, packed.data(), width, b, n, k);
  const std::int64_t row_blocks = (m + kRows - 1) / kRows, block_columns = std::min(kColumns, panels * width);
  const std::int64_t column_blocks = (n + block_columns - 1) / block_columns;
  const std::int64_t block_rows = up((m + row_blocks - 1) / row_blocks, kernel.rows);
  parallel_for(resources.pool, threads, row_blocks * column_blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; block++) {
      const std::int64_t i = block / column_blocks * block_rows, j = block % column_blocks * block_columns;
      if (i >= m) continue;
      const Piece<T> piece{.rows = std::min(block_rows, m - i),
                           .columns = std::min(block_columns, n - j),
                           .k = k,
                           .a = {a.data + i * a.row, a.row, a.column},
                           .panels = in_place ? b.data + j : packed.data() + j * k,
                           .panel_width = width,
                           .panel_size = in_place ? width : width * k,
                           .b_row = in_place ? b.row : width,
                           .c = c + i * c_row + j,
                           .c_row = c_row};
      piece.run(resources);
    }
  });
}

template void gemm(const Resources&, std::int64_t, std::int64_t, std::int64_t, Matrix<float>, Matrix<float>, float*, std::int64_t);
template void gemm(const Resources&, std::int64_t, std::int64_t, std::int64_t, Matrix<double>, Matrix<double>, double*, std::int64_t);
template void pack_columns(const Resources&, float*, std::int64_t, Matrix<float>, std::int64_t, std::int64_t, std::int64_t);
template void pack_columns(const Resources&, double*, std::int64_t, Matrix<double>, std::int64_t, std::int64_t, std::int64_t);

}  // namespace argent::kernels
