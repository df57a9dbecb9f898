// models/kernels/random.h - private: arrays of random numbers that are a function of a key, a counter and the element's index.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

/// `state`: i64 {key, counter}. `out`: contiguous, of a floating type; its numbers do not depend on the threads. The first: 0 <= u < 1, as
/// many bits as the type holds; the second: of the standard normal distribution.
void fill_uniform(const Array& out, const Array& state);
void fill_normal(const Array& out, const Array& state);

}  // namespace argent::kernels
