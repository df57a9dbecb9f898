#include "models/tensor/layers/initialize.h"

#include <cmath>

namespace argent::tensor {
namespace {

struct Fans {
  double in, out;
};

Fans fans(const Dims& shape) {
  if (shape.size() < 2) throw Error("a weight of shape " + to_text(shape) + " has no inputs and outputs, expected rank 2 or more");
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
  const auto rows = static_cast<std::size_t>(shape[0]), columns = static_cast<std::size_t>(shape.count()) / std::max<std::size_t>(1, rows);
  const std::size_t vectors = std::min(rows, columns), length = std::max(rows, columns);
  std::vector<double> v =
      normal(random, {static_cast<std::int64_t>(vectors), static_cast<std::int64_t>(length)}, 0, 1, DType::kF64).values();
  const auto product = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t k = 0; k < length; k++) sum += v[a * length + k] * v[b * length + k];
    return sum;
  };
  for (std::size_t i = 0; i < vectors; i++) {
    for (int pass = 0; pass < 2; pass++) {  // the second takes away what rounding left (Gram and Schmidt, twice is enough)
      for (std::size_t j = 0; j < i; j++) {
        const double part = product(i, j);
        for (std::size_t k = 0; k < length; k++) v[i * length + k] -= part * v[j * length + k];
      }
      const double norm = std::sqrt(product(i, i));
      for (std::size_t k = 0; k < length; k++) v[i * length + k] /= norm;
    }
  }
  std::vector<double> result(v.size());
  for (std::size_t i = 0; i < vectors; i++) {
    for (std::size_t k = 0; k < length; k++) result[rows <= columns ? i * columns + k : k * columns + i] = gain * v[i * length + k];
  }
  return from_values(result, shape);
}

Tensor learnable(Tensor values) { return values.requires_grad(true); }

}  // namespace argent::tensor
