// Running sums and products.

#include "models/tensor/op_table.h"

namespace argent::tensor {

std::span<const Op> scan_ops() { return {}; }

}  // namespace argent::tensor
