#include "models/tensor/training/gradient_clip.h"

#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"

namespace argent::tensor {
namespace {

/// torch.nn.utils.clip_grad_norm_'s, so that a gradient of nothing is not divided by it.
constexpr double kEpsilon = 1e-6;

}  // namespace

Tensor clip_gradient_norm(std::span<const Tensor> parameters, double longest) {
  const NoGrad off;
  Tensor squares = zeros({}, DType::kF64);
  for (const Tensor& parameter : parameters) {
    if (const Tensor gradient = parameter.grad(); gradient.defined()) squares = squares + sum(square(gradient.to(DType::kF64)));
  }
  Tensor norm = sqrt(squares);
  const Tensor factor = minimum(longest / (norm + kEpsilon), 1.0);
  for (const Tensor& parameter : parameters) {
    if (Tensor gradient = parameter.grad(); gradient.defined()) gradient *= factor;
  }
  return norm;
}

void clip_gradient_values(std::span<const Tensor> parameters, double limit) {
  const NoGrad off;
  for (const Tensor& parameter : parameters) {
    if (Tensor gradient = parameter.grad(); gradient.defined()) gradient.assign(clamp(gradient, -limit, limit));
  }
}

}  // namespace argent::tensor
