// models/tensor/ops/reduction.h - many numbers to one.
//
// `axes` count from the end when negative; empty: all. Throws Error for an axis that is not there or named twice.
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

/// Whether reduced axes stay, with size 1.
enum class Keep { kNo, kYes };

/// Numbers and where along an axis they were found (i64).
struct ValuesAndIndices {
  Tensor values, indices;
};

Tensor sum(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);   ///< of integers and bools: i64
Tensor mean(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);  ///< of integers and bools: f32
Tensor prod(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);  ///< of integers and bools: i64

/// The sum over the axes along which `shape` was repeated to x's; x itself when it has that shape. The adjoint of broadcasting.
Tensor sum_to(const Operand& x, const Dims& shape);

/// The extremes; NaN wins. All that are equal to it share the gradient. Throws Error for none of no elements.
Tensor max(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);
Tensor min(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);
/// Where they are, the first of those that are equal; without an axis: in the flattened x. i64.
Tensor argmax(const Operand& x, int axis, Keep keep = Keep::kNo);
Tensor argmin(const Operand& x, int axis, Keep keep = Keep::kNo);
Tensor argmax(const Operand& x);
Tensor argmin(const Operand& x);
/// Both; the chosen one alone gets the gradient.
ValuesAndIndices max_with_index(const Operand& x, int axis, Keep keep = Keep::kNo);
ValuesAndIndices min_with_index(const Operand& x, int axis, Keep keep = Keep::kNo);

Tensor all(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);  ///< bool; NaN is not zero
Tensor any(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);
Tensor count_nonzero(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);  ///< i64

/// Without those that are NaN.
Tensor nansum(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);
Tensor nanmean(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);

/// sum((x - mean)^2) / (n - correction), computed in f64; gradient of the root 0 where it is 0.
Tensor variance(const Operand& x, const Dims& axes = {}, double correction = 1, Keep keep = Keep::kNo);
Tensor standard_deviation(const Operand& x, const Dims& axes = {}, double correction = 1, Keep keep = Keep::kNo);

/// sum(|x|^p)^(1/p), computed in f64; p = infinity: the largest |x|, -infinity: the smallest, 0: how many are not 0. Gradient 0 at 0.
Tensor norm(const Operand& x, double p = 2, const Dims& axes = {}, Keep keep = Keep::kNo);

/// log(sum(exp(x))) where exp(x) may overflow; -infinity of nothing but that.
Tensor logsumexp(const Operand& x, const Dims& axes = {}, Keep keep = Keep::kNo);

}  // namespace argent::tensor
