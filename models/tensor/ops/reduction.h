// models/tensor/ops/reduction.h - many numbers to one.
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

/// Whether reduced axes stay, with size 1.
enum class Keep { kNo, kYes };

/// Over `axes`; empty: over all. Integers and bools are summed in i64.
Tensor sum(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);

/// The sum over the axes along which `shape` was repeated to x's; x itself when it has that shape. The adjoint of broadcasting.
Tensor sum_to(const Operand& x, const Dims& shape);

}  // namespace argent::tensor
