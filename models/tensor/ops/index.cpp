// Numbers by their index: gather, scatter, select, and what boolean masks choose.

#include "models/tensor/op_table.h"

namespace argent::tensor {

std::span<const Op> index_ops() { return {}; }

}  // namespace argent::tensor
