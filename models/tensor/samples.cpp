#include "models/tensor/samples.h"

#include <cmath>
#include <numeric>

#include "models/kernels/philox.h"
#include "models/tensor/operand.h"

namespace argent::tensor {

Tensor SampleList::numbers(const Dims& shape, double low, double high, DType type) {
  std::vector<double> values(static_cast<std::size_t>(shape.count()));
  for (double& value : values) {
    const auto bits = kernels::philox(seed_, drawn_++);
    value = low + (high - low) * (static_cast<double>(bits[0]) * 0x1p-32 + static_cast<double>(bits[1]) * 0x1p-64);
    if (!is_floating(type)) value = std::floor(value);
  }
  return from_values(values, shape, type);
}

Tensor SampleList::shuffled(const Dims& shape, DType type) {
  std::vector<double> values(static_cast<std::size_t>(shape.count()));
  std::iota(values.begin(), values.end(), 0.0);
  for (std::size_t i = values.size(); i > 1; i--) std::swap(values[i - 1], values[kernels::philox(seed_, drawn_++)[0] % i]);
  return from_values(values, shape, type);
}

Tensor SampleList::strided(const Tensor& x) {
  Dims longer = x.shape();
  longer[longer.size() - 1] = 2 * longer.back();
  Tensor space = full(longer, -77, x.dtype());
  Tensor view = space.slice(-1, 0, longer.back(), 2);
  return view.assign(x);
}

std::vector<Sample> samples_of(const Op& op) {
  SampleList list(static_cast<std::uint64_t>(op.id));
  op.samples(list);
  return list.samples();
}

}  // namespace argent::tensor
