// models/tensor/ops/movement.h - operations that move numbers and change none. The views are methods of Tensor.
#pragma once

#include <span>
#include <vector>

#include "models/tensor/operand.h"

namespace argent::tensor {

/// Side by side along `axis`; the other sizes must agree. The result has the common type.
Tensor concat(std::span<const Tensor> tensors, int axis, Source at = {__builtin_FILE(), __builtin_LINE()});
Tensor concat(std::initializer_list<Tensor> tensors, int axis, Source at = {__builtin_FILE(), __builtin_LINE()});
/// Along a new axis.
Tensor stack(std::span<const Tensor> tensors, int axis, Source at = {__builtin_FILE(), __builtin_LINE()});
/// Views of `size` indices each, the last of what is left.
std::vector<Tensor> split(const Tensor& x, std::int64_t size, int axis, Source at = {__builtin_FILE(), __builtin_LINE()});

/// Reversed along each of `axes`; a copy.
Tensor flip(const Operand& x, const Dims& axes);
/// Shifted along `axis` by `by` indices, what leaves at the end coming back at the start.
Tensor roll(const Operand& x, std::int64_t by, int axis);
/// `times` copies along each axis, of as many axes as `times` has.
Tensor repeat(const Operand& x, const Dims& times);

/// `before[i]` and `after[i]` elements of `value` around axis i; negative numbers cut off.
Tensor pad(const Operand& x, const Dims& before, const Dims& after, double value = 0);

}  // namespace argent::tensor
