// models/tensor/training/gradient_clip.h - bounds for gradients, between backward() and step(). Can be traced.
#pragma once

#include <span>

#include "models/tensor/tensor.h"

namespace argent::tensor {

/// Scales all gradients by one factor so that together, as one vector, they are no longer than `longest`. Returns the length before, f64.
/// Pascanu et al., On the difficulty of training recurrent neural networks (2013).
Tensor clip_gradient_norm(std::span<const Tensor> parameters, double longest);

/// Each element to -limit .. limit.
void clip_gradient_values(std::span<const Tensor> parameters, double limit);

}  // namespace argent::tensor
