// models/kernels/pointwise.h - private: element by element. Inputs broadcast to the shape of `out`, which is dense.
#pragma once

#include "models/kernels/array.h"
#include "models/kernels/kernels.h"

namespace argent::kernels {

/// out = condition ? a : b; the condition is bool, the others have one type.
void choose(const Array& out, const Array& condition, const Array& a, const Array& b);
/// The elements of `x` in out's type. An integer that can't hold one becomes the nearest bound, and 0 for NaN.
void convert(const Array& out, const Array& x);

/// The same and the loops of kernels.h, with vectors. False, having done nothing: types or strides are not what they are made for, which
/// is f32 and, for conversions, the short floating types.
bool fast_elements(Unary function, const Array& out, const Array& x);
bool fast_elements(Binary function, const Array& out, const Array& a, const Array& b);
bool fast_elements(Comparison function, const Array& out, const Array& a, const Array& b);
bool fast_choose(const Array& out, const Array& condition, const Array& a, const Array& b);
bool fast_convert(const Array& out, const Array& x);

/// convert() by whichever can: for kernels that compute in another type.
void convert_elements(const Array& to, const Array& from);

}  // namespace argent::kernels
