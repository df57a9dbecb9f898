// models/kernels/scan.h - private: running values along an axis.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

enum class Scan : std::uint8_t { kSum, kProduct, kLogSumExp };

/// What has come together of `x` so far, from the last element when `backward`. In f64 or an integer that wraps around, each result
/// rounded once; of integers and bools i64.
void scan(Scan kind, const Array& out, const Array& x, int axis, bool backward);

/// out[i] = factors[i] out[i - 1] + added[i], out[-1] = 0, in f64.
void linear_scan(const Array& out, const Array& factors, const Array& added, int axis, bool backward);

/// The index (i64) of the largest so far, or of the smallest: the last of those that are equal; NaN wins.
void running_extreme(const Array& out, const Array& x, int axis, bool largest);

}  // namespace argent::kernels
