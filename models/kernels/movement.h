// models/kernels/movement.h - private: elements that go from one array to a place in another of the same type.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

/// Zeros; x is dense.
void clear(const Array& x);

/// out = x, reversed along each of `axes`.
void flip(const Array& out, const Array& x, const Dims& axes);

/// out(i) = x(i - before), and `value`, a single element, where that is outside x.
void pad(const Array& out, const Array& x, const Array& value, const Dims& before);

/// target += source, of one shape. Elements of `target` may meet, as those of a window whose strides overlap do.
void add_meeting(const Array& target, const Array& source);

}  // namespace argent::kernels
