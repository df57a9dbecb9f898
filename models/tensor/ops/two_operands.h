// models/tensor/ops/two_operands.h - private: operations on two operands of which one may be a number.
#pragma once

#include "models/tensor/apply.h"
#include "models/tensor/operand.h"

namespace argent::tensor {

/// A number takes the type that it has beside the tensor.
inline Tensor apply_two(OpId id, const Operand& a, const Operand& b) {
  const Source source = a.source();
  if (a.is_number() == b.is_number()) return apply_one(id, {a.tensor(), b.tensor()}, source);
  return a.is_number() ? apply_one(id, {a.beside((*b).dtype()), *b}, source) : apply_one(id, {*a, b.beside((*a).dtype())}, source);
}

}  // namespace argent::tensor
