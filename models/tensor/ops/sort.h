// models/tensor/ops/sort.h - orders along an axis. NaN counts as the largest number; what is equal stays in its order.
#pragma once

#include "models/tensor/ops/reduction.h"

namespace argent::tensor {

enum class Order { kAscending, kDescending };

/// Indices: i64, of x's shape. Gradients go to where the numbers came from.
ValuesAndIndices sort(const Operand& x, int axis = -1, Order order = Order::kAscending);
Tensor argsort(const Operand& x, int axis = -1, Order order = Order::kAscending);
/// The first `k` of that order: the largest, or with kAscending the smallest.
ValuesAndIndices topk(const Operand& x, std::int64_t k, int axis = -1, Order order = Order::kDescending);
/// The k-th smallest, from 1.
ValuesAndIndices kthvalue(const Operand& x, std::int64_t k, int axis = -1, Keep keep = Keep::kNo);

/// The lower of the two in the middle; NaN if there is one.
ValuesAndIndices median(const Operand& x, int axis, Keep keep = Keep::kNo);
Tensor median(const Operand& x);
/// Between neighbors by their distance from q (n - 1), q in 0 to 1; NaN if there is one.
Tensor quantile(const Operand& x, double q, int axis, Keep keep = Keep::kNo);
Tensor quantile(const Operand& x, double q);

/// Before or behind the elements that are equal.
enum class Insert { kBefore, kBehind };

/// Where along the last axis of `sorted` (ascending) each of `values` belongs: i64. `sorted` has rank 1, or the leading axes of `values`.
Tensor searchsorted(const Operand& sorted, const Operand& values, Insert insert = Insert::kBefore);
/// The number of the bin between ascending `edges` (rank 1): edges[i - 1] < value <= edges[i], with kBehind edges[i - 1] <= value <
/// edges[i].
Tensor bucketize(const Operand& values, const Operand& edges, Insert insert = Insert::kBefore);

}  // namespace argent::tensor
