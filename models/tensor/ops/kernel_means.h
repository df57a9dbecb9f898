// models/tensor/ops/kernel_means.h - private: what fast kernels work with, of the current Context.
#pragma once

#include "models/kernels/gemm.h"
#include "models/tensor/context.h"

namespace argent::tensor {

inline kernels::Means kernel_means() {
  Context& context = Context::current();
  return {context.pool(), context.threads(), kernels::kernels_for(context.target())};
}

}  // namespace argent::tensor
