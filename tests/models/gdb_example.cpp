// Tensors for gdb_test.sh to look at.

#include "models/tensor/ops.h"

using namespace argent::tensor;

extern "C" __attribute__((noinline)) void look() { asm volatile(""); }

int main() {
  const Tensor x = arange(6, DType::kF32, 0, 0.5).view({2, 3});
  const Tensor columns = x.transpose(0, 1);
  const Tensor shorts = from_values({1.5, -2}, DType::kBF16);
  const Tensor many = arange(100);
  const Tensor nothing;
  const Dims shape = x.shape();
  look();
  return columns.rank() + shorts.rank() + many.rank() + shape.size() > 0 && !nothing.defined() ? 0 : 1;
}
