// Products of matrices, and equations.

#include "models/tensor/op_table.h"

namespace argent::tensor {

std::span<const Op> linear_algebra_ops() { return {}; }

}  // namespace argent::tensor
