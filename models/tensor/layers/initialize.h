// models/tensor/layers/initialize.h - the numbers that parameters start from. f32; PyTorch's distributions.
//
// fan_in of a weight [out, in, kernel..] is in * kernel, fan_out is out * kernel. `slope`: of the leaky relu that follows.
#pragma once

#include "models/tensor/ops/random.h"

namespace argent::tensor {

/// Uniform within +-sqrt(6 / ((1 + slope^2) fan_in)) (He et al., Delving deep into rectifiers, 2015). With slope sqrt(5), which is
/// +-1 / sqrt(fan_in), what PyTorch's linear and convolution layers start from.
Tensor kaiming_uniform(Generator& random, const Dims& shape, double slope = 0);
/// Normal with the deviation sqrt(2 / ((1 + slope^2) fan_in)).
Tensor kaiming_normal(Generator& random, const Dims& shape, double slope = 0);
/// Uniform within +-gain sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, Understanding the difficulty of training, 2010).
Tensor xavier_uniform(Generator& random, const Dims& shape, double gain = 1);
Tensor xavier_normal(Generator& random, const Dims& shape, double gain = 1);
/// Rows, or columns where there are more rows, of length `gain` at right angles, in a direction that is as likely as any other (Saxe et
/// al., Exact solutions to the nonlinear dynamics of learning, 2014). Axes after the first count as columns.
Tensor orthogonal(Generator& random, const Dims& shape, double gain = 1);

/// `values` as a leaf that learns.
Tensor learnable(Tensor values);

}  // namespace argent::tensor
