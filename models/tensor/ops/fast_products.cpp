#include "models/tensor/ops/fast_products.h"

#include "models/kernels/strided.h"
#include "models/tensor/ops/kernel_resources.h"
#include "models/tensor/ops/rows.h"

namespace argent::tensor {
namespace {

/// Where matrix number `batch` of `count` begins, counted over the output's leading axes.
std::int64_t matrix_offset(const Tensor& x, const Dims& output, std::int64_t batch) {
  std::int64_t offset = 0;
  for (int i = output.size() - 3, own = x.rank() - 3; i >= 0; i--, own--) {
    const std::int64_t index = batch % output[i];
    batch /= output[i];
    if (own >= 0 && x.shape()[own] != 1) offset += index * x.strides()[own];
  }
  return offset;
}

template <class T>
kernels::Matrix<T> matrix(const Tensor& x, const Dims& output, std::int64_t batch) {
  return {x.raw_as<T>() + matrix_offset(x, output, batch), x.strides()[x.rank() - 2], x.strides()[x.rank() - 1]};
}

template <class T>
void multiply(const Tensor& a, const Tensor& b, const Tensor& c) {
  const Dims& shape = c.shape();
  const std::int64_t m = a.size(-2), k = a.size(-1), n = b.size(-1), size = m * n;
  const std::int64_t batches = size == 0 ? 0 : c.count() / size;
  const kernels::Resources resources = kernel_resources();
  const auto one = [&](const kernels::Resources& with, std::int64_t i) {
    kernels::gemm<T>(with, m, n, k, matrix<T>(a, shape, i), matrix<T>(b, shape, i), c.raw_as<T>() + i * size, n);
  };
  if (batches == 1) return one(resources, 0);
  const std::int64_t work = std::max<std::int64_t>(1, size * k);
  const bool small = batches * work < 2 * kParallelElements;
  parallel_for(resources.pool, small ? 1 : resources.threads, batches, std::max<std::int64_t>(1, kParallelElements / work),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t i = begin; i < end; i++) one({resources.pool, 1, resources.kernels}, i);
               });
}

}  // namespace

Tensor in_type(const Tensor& x, DType type) {
  if (x.dtype() == type) return x;
  Tensor copy = empty(x.shape(), type, pointwise_strides(x.shape(), std::span(&x, 1)));
  convert_elements(copy, x);
  return copy;
}

bool fast_matmul(const Call& call, std::span<Tensor> outputs) {
  const Tensor& c = outputs[0];
  if (!is_floating(c.dtype())) return false;
  const DType type = product_type(c.dtype(), c.count() * call.input(0).size(-1));
  const Tensor a = in_type(call.input(0), type), b = in_type(call.input(1), type);
  const Tensor sums = c.dtype() == type ? c : empty(c.shape(), type);
  if (type == DType::kF64)
    multiply<double>(a, b, sums);
  else
    multiply<float>(a, b, sums);
  if (c.dtype() != type) convert_elements(c, sums);
  return true;
}

}  // namespace argent::tensor
