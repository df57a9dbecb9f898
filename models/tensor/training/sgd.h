// models/tensor/training/sgd.h - stochastic gradient descent.
//
// Source: Sutskever et al., On the importance of initialization and momentum in deep learning (ICML 2013); conventions of torch.optim.SGD.
#pragma once

#include "models/tensor/training/optimizer.h"

namespace argent::tensor {

enum class Nesterov { kNo, kYes };

/// g = gradient + weight_decay * p;  b = momentum * b + (1 - dampening) * g, at the first step g;
/// p -= learning_rate * (momentum == 0 ? g : Nesterov ? g + momentum * b : b)
struct SgdOptions {
  double learning_rate = 0.01;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  Nesterov nesterov = Nesterov::kNo;  ///< needs momentum and no dampening
};

class Sgd final : public Optimizer {
 public:
  explicit Sgd(std::vector<Tensor> parameters, const SgdOptions& options = {}) { add_group(std::move(parameters), options); }
  void add_group(std::vector<Tensor> parameters, const SgdOptions& options);
  void step() override;

 private:
  std::vector<SgdOptions> options_;  ///< one a group
};

}  // namespace argent::tensor
