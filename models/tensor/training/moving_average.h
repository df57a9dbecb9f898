// models/tensor/training/moving_average.h - an average of the weights over the last steps, which often does better than the last ones.
//
// Source: Polyak and Juditsky, Acceleration of stochastic approximation by averaging (1992), with exponential weights.
#pragma once

#include "models/tensor/layers/members.h"

namespace argent::tensor {

class MovingAverage final : public Stateful {
 public:
  /// Starts as the parameters are. `decay`: 0 <= decay < 1; about 1 / (1 - decay) steps are averaged.
  MovingAverage(std::vector<Tensor> parameters, double decay);

  /// average = decay * average + (1 - decay) * parameter. Can be traced.
  void update();
  /// Exchanges the parameters' numbers with the averages: before an evaluation, and again after it.
  void swap();

  void describe(Members& members) override;

 private:
  std::vector<Tensor> parameters_, averages_;
  double decay_;
};

}  // namespace argent::tensor
