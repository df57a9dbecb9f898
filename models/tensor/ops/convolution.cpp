// Convolutions of one to three axes, and their adjoints.

#include "models/tensor/op_table.h"

namespace argent::tensor {

std::span<const Op> convolution_ops() { return {}; }

}  // namespace argent::tensor
