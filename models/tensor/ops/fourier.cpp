// Discrete Fourier transforms.

#include "models/tensor/op_table.h"

namespace argent::tensor {

std::span<const Op> fourier_ops() { return {}; }

}  // namespace argent::tensor
