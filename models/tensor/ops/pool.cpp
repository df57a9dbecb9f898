// Windows reduced to one number.

#include "models/tensor/op_table.h"

namespace argent::tensor {

std::span<const Op> pool_ops() { return {}; }

}  // namespace argent::tensor
