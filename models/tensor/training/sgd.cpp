#include "models/tensor/training/sgd.h"

#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"

namespace argent::tensor {

void Sgd::add_group(std::vector<Tensor> parameters, const SgdOptions& options) {
  if (!(options.momentum >= 0) || !(options.weight_decay >= 0)) throw Error("sgd: momentum and weight decay are 0 or more");
  if (options.nesterov == Nesterov::kYes && (options.momentum == 0 || options.dampening != 0))
    throw Error("sgd: nesterov needs a momentum and no dampening");
  add_slots(std::move(parameters), options.learning_rate, options.momentum == 0 ? Moments::kNone : Moments::kFirst);
  options_.push_back(options);
}

void Sgd::step() {
  const NoGrad off;
  for (std::size_t i = 0; i < groups_.size(); i++) {
    const SgdOptions& o = options_[i];
    // No branch on numbers, which a trace could not follow. What the first step multiplies by the momentum is 0.
    const Tensor share =
        o.dampening == 0 ? Tensor() : where(equal(steps_, 0), full({}, 1, DType::kF64), full({}, 1 - o.dampening, DType::kF64));
    for (Slot& slot : groups_[i].slots) {
      Tensor g = slot.parameter.grad();
      if (!g.defined()) continue;
      if (o.weight_decay != 0) g = g + slot.parameter * o.weight_decay;
      if (o.momentum != 0) {
        slot.first.assign(slot.first * o.momentum + (share.defined() ? g * share : g));
        g = o.nesterov == Nesterov::kYes ? g + slot.first * o.momentum : slot.first;
      }
      slot.parameter -= g * groups_[i].learning_rate;
    }
  }
  steps_ += 1;
}

}  // namespace argent::tensor
