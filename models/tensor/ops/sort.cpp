// Orders.

#include "models/tensor/op_table.h"

namespace argent::tensor {

std::span<const Op> sort_ops() { return {}; }

}  // namespace argent::tensor
