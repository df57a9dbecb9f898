// models/tensor/ops/index.h - numbers by their index.
//
// Indices are of any integer type; negative ones count from the end. One that is outside throws Error with the index and the size.
// Gradients go where the numbers came from.
#pragma once

#include <span>

#include "models/tensor/operand.h"

namespace argent::tensor {

// ---- along one axis --------------------------------------------------------------------------------------------------------------------

/// result[i, j, k] = x[i, index[i, j, k], k] for axis 1. `index` has x's rank and is nowhere larger but along the axis.
Tensor gather(const Operand& x, int axis, const Tensor& index);
/// A copy of x with result[i, index[i, j, k], k] = source[i, j, k], the last of those that meet. `source` is a number, or at least as large
/// as `index`.
Tensor scatter(const Operand& x, int axis, const Tensor& index, const Operand& source);
/// The same with +=, in f64 for floating types.
Tensor scatter_add(const Operand& x, int axis, const Tensor& index, const Operand& source);

/// The slices of x that `index` (rank 1) names, in that order; an embedding is that along axis 0.
Tensor index_select(const Operand& x, int axis, const Tensor& index);
/// A copy of x with those slices increased by the slices of `source`, in f64 for floating types.
Tensor index_add(const Operand& x, int axis, const Tensor& index, const Operand& source);
/// A copy of x with those slices replaced; the last of those that meet.
Tensor index_copy(const Operand& x, int axis, const Tensor& index, const Operand& source);
Tensor index_fill(const Operand& x, int axis, const Tensor& index, const Operand& value);

/// The elements of the flattened x; the result has the shape of `index`.
Tensor take(const Operand& x, const Tensor& index);

// ---- along several axes: NumPy's advanced indexing -------------------------------------------------------------------------------------

/// An index for each leading axis of x: an undefined Tensor takes all of the axis, a bool one of the shape of its axes takes where it is
/// true, others broadcast together. Their shape takes the place of the axes they index, or comes first where those are not neighbors.
Tensor index(const Operand& x, std::initializer_list<Tensor> indices);
Tensor index(const Operand& x, std::span<const Tensor> indices);

/// What becomes of elements that are named several times.
enum class Meeting { kLastWins, kAdd };

/// A copy of x in which index(x, indices) has become, or grown by, `value`, which broadcasts to it.
Tensor index_put(const Operand& x, std::span<const Tensor> indices, const Operand& value, Meeting meeting = Meeting::kLastWins);
/// Writes x itself, which may be a view; returns it.
Tensor index_assign(Tensor x, std::initializer_list<Tensor> indices, const Operand& value);

// ---- what a mask chooses: bool ---------------------------------------------------------------------------------------------------------

/// Where x is not 0: i64 [count, rank], in the order of the elements. Not in a graph: its shape depends on values.
Tensor nonzero(const Operand& x);
/// The elements of x where `mask` is true, of rank 1; the two broadcast. Not in a graph.
Tensor masked_select(const Operand& x, const Tensor& mask);
/// x with `value` where `mask`, which broadcasts to x, is true.
Tensor masked_fill(const Operand& x, const Tensor& mask, const Operand& value);
/// Writes x itself where `mask`, of the shape of its leading axes, is true: a number, or as many as there are places.
Tensor mask_assign(Tensor x, const Tensor& mask, const Operand& value);

/// 1 at the index, 0 elsewhere along a new last axis of `classes`.
Tensor one_hot(const Operand& index, std::int64_t classes, DType type = DType::kI64);

// ---- matrices --------------------------------------------------------------------------------------------------------------------------

/// Of two axes, moved last: elements (i, i + offset). A view where the strides allow it.
Tensor diagonal(const Operand& x, std::int64_t offset = 0, int axis1 = 0, int axis2 = 1);
/// The last axis of x as the diagonal of a square of zeros, whose axes are axis1 and axis2 of the result.
Tensor diag_embed(const Operand& x, std::int64_t offset = 0, int axis1 = -2, int axis2 = -1);
/// The diagonal of a matrix; of a vector the matrix.
Tensor diag(const Operand& x, std::int64_t offset = 0);
Tensor matrix_trace(const Operand& x);
/// Of the last two axes: what is on and below, or above, the diagonal `offset`; zeros elsewhere.
Tensor tril(const Operand& x, std::int64_t offset = 0);
Tensor triu(const Operand& x, std::int64_t offset = 0);

}  // namespace argent::tensor
