// models/tensor/ops/fast_products.h - private: in which type products of matrices and convolutions are computed.
#pragma once

#include "models/kernels/converted.h"
#include "models/tensor/ops/rows.h"

namespace argent::tensor {

/// Up to so many products f64 costs next to nothing, and leaves one rounding.
inline constexpr std::int64_t kFewProducts = 1 << 14;

/// f64 for few products and for f64; else f32.
inline DType product_type(DType type, std::int64_t products) {
  return type == DType::kF64 || products <= kFewProducts ? DType::kF64 : DType::kF32;
}

inline kernels::Converted in_type(const Tensor& x, DType type) {
  return {x, type, x.dtype() == type || x.is_channels_last() ? x.strides() : contiguous_strides(x.shape())};
}

}  // namespace argent::tensor
