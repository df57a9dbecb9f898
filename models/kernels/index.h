// models/kernels/index.h - private: numbers by their index.
//
// Indices are i64; negative ones count from the end. One that is outside throws Error with the index and the size.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

// ---- an index for each element: those of `index` along `axis`, for each line of it, within the larger lines of x ----------------------

/// out[i] = x[index[i]]
void gather(const Array& out, const Array& x, const Array& index, int axis);
/// out = x, then out[index[i]] = source[i] in the order of i.
void scatter(const Array& out, const Array& x, const Array& index, const Array& source, int axis);
/// The same with +=, in f64 for floating types; integers wrap around, of bools it is "or".
void scatter_add(const Array& out, const Array& x, const Array& index, const Array& source, int axis);

// ---- an index for each slice across `axis`: `index` has rank 1 --------------------------------------------------------------------------

/// Slice i of out becomes slice index[i] of x.
void index_select(const Array& out, const Array& x, const Array& index, int axis);
/// out = x, then slice index[i] of it grows by slice i of `source`, added as scatter_add does.
void index_add(const Array& out, const Array& x, const Array& index, const Array& source, int axis);

// ---- indices themselves
// ------------------------------------------------------------------------------------------------------------------

/// Indices counted from the start, of an axis of `size`.
void wrap_index(const Array& out, const Array& index, std::int64_t size);
/// How many elements are not 0.
std::int64_t nonzero_count(const Array& x);
/// Their indices, in order: [nonzero_count, rank], dense.
void nonzero(const Array& out, const Array& x);

}  // namespace argent::kernels
