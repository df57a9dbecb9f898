// models/kernels/pool.h - private: arrays [N, C, spatial] of one to three spatial axes, seen through windows. Results are dense and
// channels-last.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

/// What windows see and, of averages, what their sums are divided by.
struct Pooling {
  /// A number for each spatial axis; all empty: window i sees those from floor(i * size / results) to ceil((i + 1) * size / results).
  Dims kernel, stride, pad_before, pad_after, dilation;
  bool counts_padding = false;  ///< as elements
  double divisor = 0;           ///< instead of the number of elements; 0: none
};

/// Throws Error when a window sees no element. Sizes are those of the spatial axes.
void check_windows(const Pooling& pooling, const Dims& size, const Dims& results);

/// The largest numbers, of which NaN is one, and where they were found first: i64, in the flattened spatial axes of x.
void max_pool(const Array& y, const Array& found_at, const Array& x, const Pooling& pooling);
/// Sums, divided.
void average_pool(const Array& y, const Array& x, const Pooling& pooling);
void average_pool_adjoint(const Array& x, const Array& y, const Pooling& pooling);

/// Numbers to their indices in the flattened spatial axes of `out`, zeros elsewhere; those that meet are summed. Throws Error for an index
/// that is none.
void unpool(const Array& out, const Array& x, const Array& indices);
/// The numbers at the indices.
void unpool_adjoint(const Array& out, const Array& x, const Array& indices);

}  // namespace argent::kernels
