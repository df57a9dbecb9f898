#include "models/tensor/training/optimizer.h"

#include <cmath>

#include "models/tensor/autograd.h"
#include "models/tensor/layers/module.h"
#include "models/tensor/operand.h"

namespace argent::tensor {

void Optimizer::zero_gradients() { tensor::zero_gradients(parameters()); }

double Optimizer::learning_rate(int group) const { return groups_.at(static_cast<std::size_t>(group)).learning_rate.item(); }

void Optimizer::set_learning_rate(double rate) {
  for (int i = 0; i < group_count(); i++) set_learning_rate(rate, i);
}

void Optimizer::set_learning_rate(double rate, int group) {
  if (!(rate >= 0) || !std::isfinite(rate)) throw Error("a learning rate of ", rate);
  groups_.at(static_cast<std::size_t>(group)).learning_rate.assign(rate);
}

std::vector<Tensor> Optimizer::parameters() const {
  std::vector<Tensor> result;
  for (const Group& group : groups_) {
    for (const Slot& slot : group.slots) result.push_back(slot.parameter);
  }
  return result;
}

void Optimizer::describe(Members& members) {
  members.buffer("steps", steps_);
  int parameter = 0;
  for (std::size_t i = 0; i < groups_.size(); i++) {
    members.buffer("group" + std::to_string(i) + ".learning_rate", groups_[i].learning_rate);
    for (Slot& slot : groups_[i].slots) {
      const std::string name = std::to_string(parameter++);
      members.buffer(name + ".first_moment", slot.first);
      members.buffer(name + ".second_moment", slot.second);
    }
  }
}

void Optimizer::add_slots(std::vector<Tensor> parameters, double learning_rate, Moments moments) {
  groups_.push_back({full({}, 0, DType::kF64), {}});
  for (Tensor& parameter : parameters) {
    if (!parameter.is_leaf() || !parameter.requires_grad()) throw Error("a parameter to learn is no leaf that requires a gradient");
    for (const Tensor& known : this->parameters()) {
      if (known.state() == parameter.state()) throw Error("a parameter of shape ", parameter.shape(), " is there twice");
    }
    const auto moment = [&](bool wanted) { return wanted ? zeros(parameter.shape(), parameter.dtype()) : Tensor(); };
    groups_.back().slots.push_back({parameter, moment(moments != Moments::kNone), moment(moments == Moments::kBoth)});
  }
  set_learning_rate(learning_rate, group_count() - 1);
}

}  // namespace argent::tensor
