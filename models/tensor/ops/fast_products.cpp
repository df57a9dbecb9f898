#include "models/tensor/ops/fast_products.h"

#include "models/tensor/ops/rows.h"

namespace argent::tensor {

Tensor in_type(const Tensor& x, DType type) {
  if (x.dtype() == type) return x;
  Tensor copy = empty(x.shape(), type, pointwise_strides(x.shape(), std::span(&x, 1)));
  convert_elements(copy, x);
  return copy;
}

}  // namespace argent::tensor
