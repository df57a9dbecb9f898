// models/tensor/ops/fast_products.h - private: in which type products of matrices and convolutions are computed.
#pragma once

#include "models/tensor/ops/rows.h"

namespace argent::tensor {

/// Up to so many products f64 costs next to nothing, and leaves one rounding.
inline constexpr std::int64_t kFewProducts = 1 << 14;

/// f64 for few products and for f64; else f32.
inline DType product_type(DType type, std::int64_t products) {
  return type == DType::kF64 || products <= kFewProducts ? DType::kF64 : DType::kF32;
}

/// x in `type`: itself, or a dense copy in its order.
inline Tensor in_type(const Tensor& x, DType type) {
  if (x.dtype() == type) return x;
  Tensor copy = empty(x.shape(), type, pointwise_strides(x.shape(), std::span(&x, 1)));
  kernels::convert_elements(copy, x);
  return copy;
}

}  // namespace argent::tensor
