#include "models/tensor/layers/module.h"

#include <algorithm>

namespace argent::tensor {

void WeightedLayer::describe(Members& members) {
  members.parameter("weight", weight);
  members.parameter("bias", bias);
}

Tensor Sequential::forward(const Tensor& x) {
  Tensor y = x;
  for (const std::unique_ptr<Layer>& layer : layers_) y = layer->forward(y);
  return y;
}

void Sequential::describe(Members& members) {
  for (std::size_t i = 0; i < layers_.size(); i++) members.part(std::to_string(i), *layers_[i]);
}

std::vector<Tensor> parameters(Stateful& module) {
  std::vector<Tensor> result;
  const Members members = members_of(module);
  for (const Members::Member& member : members.all()) {
    const bool known = std::any_of(result.begin(), result.end(), [&](const Tensor& t) { return t.state() == member.tensor->state(); });
    if (member.kind == Members::Kind::kParameter && !known) result.push_back(*member.tensor);
  }
  return result;
}

void set_mode(Module& module, Mode mode) {
  module.mode = mode;
  const Members members = members_of(module);
  for (Module* part : members.parts()) part->mode = mode;
}

void convert(Module& module, DType type) {
  const Members members = members_of(module);
  for (const Members::Member& member : members.all()) {
    Tensor& tensor = *member.tensor;
    if (!is_floating(tensor.dtype()) || tensor.dtype() == type) continue;
    const bool learns = tensor.requires_grad();
    tensor = tensor.detach().to(type);
    tensor.requires_grad(learns);
  }
}

void zero_gradients(std::span<const Tensor> tensors) {
  for (Tensor tensor : tensors) tensor.set_grad(Tensor());
}

}  // namespace argent::tensor
