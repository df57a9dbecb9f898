// models/tensor/ops/linear_algebra.h - products of matrices, which lie in the last two axes; the axes before are batches, and broadcast.
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

/// [.., m, k] times [.., k, n]: [.., m, n]. An operand of rank 1 is a row on the left, a column on the right, and its axis of size 1 is
/// gone from the result. Short floating types are summed in f64 and rounded once.
Tensor matmul(const Operand& a, const Operand& b);

}  // namespace argent::tensor
