// models/kernels/sort.h - private: orders along an axis. NaN counts as the largest number.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

enum class Order { kAscending, kDescending };

/// The first elements of x's lines in that order, as many as `values` has along `axis`, and their indices (i64); equal ones by their index.
void sort(const Array& values, const Array& indices, const Array& x, int axis, Order order);

enum class Insert { kBefore, kBehind };

/// Where along the last axis of `sorted` (ascending) each of `values` belongs among those that are equal: i64. `sorted` has rank 1, or the
/// leading axes of `values`.
void search(const Array& out, const Array& sorted, const Array& values, Insert insert);

}  // namespace argent::kernels
