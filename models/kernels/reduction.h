// models/kernels/reduction.h - private: many elements to one, of any strides.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

enum class Aggregate : std::uint8_t {
  kSum,  ///< this and kProduct: of integers and bools i64
  kMean,
  kProduct,
  kLargest,  ///< this and the next three: NaN wins
  kSmallest,
  kFirstLargest,  ///< this and the next: the index along the one axis, i64
  kFirstSmallest,
  kAny,  ///< this and the next: bool
  kAll,
};

/// How many make one of the results.
std::int64_t elements_of(const Dims& shape, const Dims& axes);

/// Over `axes`, which stay in `out` with size 1; `out` is contiguous. Floating sums and products are computed in f64, integers wrap
/// around. The order in which the elements of a result meet depends on shapes and strides alone.
void reduce(Aggregate aggregate, const Array& out, const Array& x, const Dims& axes);

/// Sums to the shape of `out` with vectors. False, having done nothing: type or strides are not what it is made for.
bool fast_sum(const Array& out, const Array& x);

}  // namespace argent::kernels
