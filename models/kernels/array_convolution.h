// models/kernels/array_convolution.h - private: convolutions and their adjoints on arrays x and y [N, C, spatial] and w [O, C, kernel] of
// one type, where y = conv(x, w): two of them are given, the third is written.
#pragma once

#include <optional>

#include "models/kernels/array.h"
#include "models/kernels/convolution.h"

namespace argent::kernels {

/// Which of the three is the result.
enum class Solved { kX, kW, kY };

/// In f32 or f64, as products of matrices. Of `windows`, the kernel and the batch are those of the arrays; x and y as results are dense and
/// channels-last, the bias of their channels is dense.
void convolve(Solved solved, const Array& x, const Array& w, const Array& y, const std::optional<Array>& bias, const Windows& windows);

/// The same by definition, of any numbers: floating ones in f64, rounded once; integers wrap around. Results are dense, x and y as results
/// channels-last.
void sum_products(Solved solved, const Array& x, const Array& w, const Array& y, const std::optional<Array>& bias, const Windows& windows);

}  // namespace argent::kernels
