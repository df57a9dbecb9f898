#include "models/tensor/layers/initialize.h"

#include <algorithm>
#include <cmath>

#include "models/kernels/orthonormal.h"
#include "models/tensor/ops/pointwise.h"

namespace argent::tensor {
namespace {

struct Fans {
  double in, out;
};

Fans fans(const Dims& shape) {
  if (shape.size() < 2) throw Error("a weight of shape ", shape, " has no inputs and outputs, expected rank 2 or more");
  const auto all = static_cast<double>(shape.count());
  return {all / static_cast<double>(shape[0]), all / static_cast<double>(shape[1])};
}

}  // namespace

Tensor kaiming_uniform(Generator& random, const Dims& shape, double slope) {
  const double bound = std::sqrt(6 / ((1 + slope * slope) * fans(shape).in));
  return uniform(random, shape, -bound, bound);
}

Tensor kaiming_normal(Generator& random, const Dims& shape, double slope) {
  return normal(random, shape, 0, std::sqrt(2 / ((1 + slope * slope) * fans(shape).in)));
}

Tensor xavier_uniform(Generator& random, const Dims& shape, double gain) {
  const auto [in, out] = fans(shape);
  const double bound = gain * std::sqrt(6 / (in + out));
  return uniform(random, shape, -bound, bound);
}

Tensor xavier_normal(Generator& random, const Dims& shape, double gain) {
  const auto [in, out] = fans(shape);
  return normal(random, shape, 0, gain * std::sqrt(2 / (in + out)));
}

Tensor orthogonal(Generator& random, const Dims& shape, double gain) {
  fans(shape);
  const std::int64_t rows = shape[0], columns = shape.count() / std::max<std::int64_t>(1, rows);
  const std::int64_t vectors = std::min(rows, columns), length = std::max(rows, columns);
  Tensor v = normal(random, {vectors, length}, 0, 1, DType::kF64);
  kernels::make_orthonormal(v.mutable_data<double>(), vectors, length);
  const Tensor scaled = (v * gain).to(DType::kF32);
  return (rows <= columns ? scaled : scaled.transpose(0, 1).contiguous()).reshape(shape);
}

Tensor learnable(Tensor values) { return values.requires_grad(true); }

}  // namespace argent::tensor
