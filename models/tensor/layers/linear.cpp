#include "models/tensor/layers/linear.h"

#include <cmath>

#include "models/tensor/layers/initialize.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/index.h"

namespace argent::tensor {
namespace {

/// As PyTorch's linear and convolution layers: see kaiming_uniform.
const double kSlope = std::sqrt(5.0);

Tensor starting_weight(Generator& random, const Dims& shape) { return learnable(kaiming_uniform(random, shape, kSlope)); }

/// Within +-1 / sqrt(fan_in) of the weight.
Tensor starting_bias(Generator& random, std::int64_t size, const Tensor& weight, Bias bias) {
  if (bias == Bias::kNo) return {};
  const double bound = 1 / std::sqrt(static_cast<double>(weight.count()) / static_cast<double>(weight.size(0)));
  return learnable(uniform(random, {size}, -bound, bound));
}

void check_sizes(std::int64_t inputs, std::int64_t outputs, std::int64_t groups) {
  if (inputs < 1 || outputs < 1 || groups < 1 || inputs % groups != 0 || outputs % groups != 0) {
    throw Error("a layer of ", inputs, " inputs and ", outputs, " outputs in ", groups, " groups");
  }
}

/// [outputs, inputs, kernel..]
Dims weight_shape(std::int64_t first, std::int64_t second, const Dims& kernel, int axes) {
  if (kernel.size() != 1 && kernel.size() != axes) throw Error("a kernel of ", kernel.size(), " sizes for ", axes, " axes");
  Dims shape{first, second};
  for (int i = 0; i < axes; i++) shape.push_back(kernel[kernel.size() == 1 ? 0 : i]);
  return shape;
}

}  // namespace

Linear::Linear(std::int64_t inputs, std::int64_t outputs, Generator& random, Bias with_bias) {
  check_sizes(inputs, outputs, 1);
  weight = starting_weight(random, {outputs, inputs});
  bias = starting_bias(random, outputs, weight, with_bias);
}

Tensor Linear::forward(const Tensor& x) { return linear(x, weight, bias); }

template <int kAxes>
Conv<kAxes>::Conv(std::int64_t inputs, std::int64_t outputs, const Dims& kernel, Generator& random, const ConvOptions& conv_options,
                  Bias with_bias)
    : options(conv_options) {
  check_sizes(inputs, outputs, options.groups);
  weight = starting_weight(random, weight_shape(outputs, inputs / options.groups, kernel, kAxes));
  bias = starting_bias(random, outputs, weight, with_bias);
}

template <int kAxes>
Tensor Conv<kAxes>::forward(const Tensor& x) {
  return conv(x, weight, bias, options);
}

template class Conv<1>;
template class Conv<2>;
template class Conv<3>;

ConvTranspose2d::ConvTranspose2d(std::int64_t inputs, std::int64_t outputs, const Dims& kernel, Generator& random,
                                 const ConvOptions& conv_options, const Dims& padding, Bias with_bias)
    : options(conv_options), output_padding(padding) {
  check_sizes(inputs, outputs, options.groups);
  weight = starting_weight(random, weight_shape(inputs, outputs / options.groups, kernel, 2));
  bias = starting_bias(random, outputs, weight, with_bias);
}

Tensor ConvTranspose2d::forward(const Tensor& x) { return conv_transpose(x, weight, bias, options, output_padding); }

Embedding::Embedding(std::int64_t count, std::int64_t width, Generator& random) {
  check_sizes(count, width, 1);
  weight = learnable(normal(random, {count, width}));
}

Tensor Embedding::forward(const Tensor& index) {
  Dims shape = index.shape();
  shape.push_back(weight.size(1));
  return index_select(weight, 0, index.reshape({-1})).view(shape);
}

Tensor Dropout::forward(const Tensor& x) { return mode == Mode::kTraining && probability_ > 0 ? dropout(x, probability_, random_) : x; }

}  // namespace argent::tensor
