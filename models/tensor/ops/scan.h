// models/tensor/ops/scan.h - running sums and products along an axis. Each result has the shape of x.
#pragma once

#include "models/tensor/ops/reduction.h"

namespace argent::tensor {

/// Which end of the axis is the first.
enum class Direction { kForward, kBackward };

Tensor cumsum(const Operand& x, int axis, Direction direction = Direction::kForward);  ///< of integers and bools: i64
Tensor cumprod(const Operand& x, int axis);                                            ///< of integers and bools: i64
Tensor logcumsumexp(const Operand& x, int axis);                                       ///< log(cumsum(exp(x))), which does not overflow

/// y[i] = a[i] y[i - 1] + b[i], y[-1] = 0: a linear recurrence. a and b broadcast and have the common floating type. It is what the
/// gradients of running products, and its own, are made of.
Tensor linear_scan(const Operand& a, const Operand& b, int axis, Direction direction = Direction::kForward);

/// The extreme so far and where it is, the last of those that are equal; NaN wins.
ValuesAndIndices cummax(const Operand& x, int axis);
ValuesAndIndices cummin(const Operand& x, int axis);

}  // namespace argent::tensor
