// models/tensor/training/adam.h - Adam and AdamW.
//
// Source: Kingma and Ba, Adam (ICLR 2015), algorithm 1; Loshchilov and Hutter, Decoupled weight decay regularization (ICLR 2019);
// conventions of torch.optim.
#pragma once

#include "models/tensor/training/optimizer.h"

namespace argent::tensor {

/// kInGradient: weight_decay * p is added to the gradient. kDecoupled, which is AdamW: p is first multiplied by 1 - rate * weight_decay.
enum class Decay { kInGradient, kDecoupled };

/// m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
/// p -= learning_rate * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon), t counting from 1
struct AdamOptions {
  double learning_rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.999;  ///< 0 <= beta < 1
  double epsilon = 1e-8;
  double weight_decay = 0;  ///< torch.optim.AdamW's default is 0.01
  Decay decay = Decay::kInGradient;
};

class Adam final : public Optimizer {
 public:
  explicit Adam(std::vector<Tensor> parameters, const AdamOptions& options = {}) { add_group(std::move(parameters), options); }
  void add_group(std::vector<Tensor> parameters, const AdamOptions& options);
  void step() override;

 private:
  std::vector<AdamOptions> options_;  ///< one a group
};

}  // namespace argent::tensor
