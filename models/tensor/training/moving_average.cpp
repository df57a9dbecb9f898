#include "models/tensor/training/moving_average.h"

#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"

namespace argent::tensor {

MovingAverage::MovingAverage(std::vector<Tensor> parameters, double decay) : parameters_(std::move(parameters)), decay_(decay) {
  if (!(decay >= 0 && decay < 1)) throw Error("a moving average with a decay of ", decay, ", expected 0 to 1, without 1");
  const NoGrad off;
  for (const Tensor& parameter : parameters_) averages_.push_back(parameter.detach().clone());
}

void MovingAverage::update() {
  const NoGrad off;
  for (std::size_t i = 0; i < averages_.size(); i++) averages_[i].assign(averages_[i] * decay_ + parameters_[i] * (1 - decay_));
}

void MovingAverage::swap() {
  const NoGrad off;
  for (std::size_t i = 0; i < averages_.size(); i++) {
    const Tensor kept = parameters_[i].clone();
    parameters_[i].assign(averages_[i]);
    averages_[i].assign(kept);
  }
}

void MovingAverage::describe(Members& members) {
  for (std::size_t i = 0; i < averages_.size(); i++) members.buffer(std::to_string(i), averages_[i]);
}

}  // namespace argent::tensor
