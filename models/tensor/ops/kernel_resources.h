// models/tensor/ops/kernel_resources.h - private: what fast kernels work with, of the current Context.
#pragma once

#include "models/kernels/gemm.h"
#include "models/runtime/context.h"

namespace argent::tensor {

inline kernels::Resources kernel_resources() { return kernels::Resources::current(); }

}  // namespace argent::tensor
