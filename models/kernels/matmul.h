// models/kernels/matmul.h - private: products of the matrices in the last two axes of arrays, [.., m, k] and [.., k, n]. Batches broadcast
// to those of the product, which is dense.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

/// c = a b, of numbers of any one type. Each element is summed in the order of k, whatever the strides: in f64, rounded once; integers wrap
/// around.
void matmul(const Array& c, const Array& a, const Array& b);

/// The same by gemm(): of f32 or f64 alone, summed in that type.
void gemm_batches(const Array& c, const Array& a, const Array& b);

}  // namespace argent::kernels
