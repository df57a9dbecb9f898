#include "models/tensor/training/adam.h"

#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"

namespace argent::tensor {

void Adam::add_group(std::vector<Tensor> parameters, const AdamOptions& options) {
  for (double beta : {options.beta1, options.beta2}) {
    if (!(beta >= 0 && beta < 1)) throw Error("adam: a beta of ", beta, ", expected 0 to 1, without 1");
  }
  if (!(options.epsilon >= 0) || !(options.weight_decay >= 0)) throw Error("adam: epsilon and weight decay are 0 or more");
  add_slots(std::move(parameters), options.learning_rate, Moments::kBoth);
  options_.push_back(options);
}

void Adam::step() {
  const NoGrad off;
  steps_ += 1;
  for (std::size_t i = 0; i < groups_.size(); i++) {
    const AdamOptions& o = options_[i];
    const Tensor& rate = groups_[i].learning_rate;
    // Numbers of rank 0 in f64, once a group.
    const Tensor size = rate / (1 - pow(o.beta1, steps_)), root = sqrt(1 - pow(o.beta2, steps_)), kept = 1 - rate * o.weight_decay;
    for (Slot& slot : groups_[i].slots) {
      Tensor g = slot.parameter.grad();
      if (!g.defined()) continue;
      if (o.weight_decay != 0 && o.decay == Decay::kDecoupled) slot.parameter *= kept;
      if (o.weight_decay != 0 && o.decay == Decay::kInGradient) g = g + slot.parameter * o.weight_decay;
      slot.first.assign(slot.first * o.beta1 + g * (1 - o.beta1));
      slot.second.assign(slot.second * o.beta2 + square(g) * (1 - o.beta2));
      slot.parameter -= slot.first / (sqrt(slot.second) / root + o.epsilon) * size;
    }
  }
}

}  // namespace argent::tensor
