// models/kernels/orthonormal.h - private: vectors at right angles to one another.
#pragma once

#include <cstdint>

namespace argent::kernels {

/// Makes `vectors` rows of `length` numbers, no fewer, orthogonal and of length 1, one after the other.
void make_orthonormal(double* rows, std::int64_t vectors, std::int64_t length);

}  // namespace argent::kernels
