// models/tensor/ops/index_operands.h - private: what indices and the numbers beside them become.
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

/// As i64. Bools are no indices here.
inline Tensor as_indices(const Tensor& index) {
  if (!index.defined() || kind_of(index.dtype()) != DTypeKind::kInteger)
    throw Error("indices of type ", index.defined() ? name_of(index.dtype()) : "undefined", ", expected integers");
  return index.to(DType::kI64);
}

/// As another operand of the same operation, of type `type`.
inline Tensor beside(const Operand& value, DType type) { return value.beside(type).to(type); }

/// A slice's index for each of its elements; `shape` has as many slices as there are indices.
inline Tensor spread(const Tensor& index, const Dims& shape, int axis) {
  Dims thin = Dims::filled(shape.size(), 1);
  thin[axis] = index.count();
  return index.view(thin).expand(shape);
}

}  // namespace argent::tensor
