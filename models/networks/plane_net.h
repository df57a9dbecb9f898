// models/networks/plane_net.h - a small convolutional network from a few planes to scores of classes.
#pragma once

#include "models/tensor/layers/linear.h"

namespace argent {

struct PlaneNetSize {
  std::int64_t planes = 4, facts = 2, width = 16, classes = 66;
};

/// Three convolutions 3x3, the second and third of stride 2; mean and largest over the plane, with the facts through one hidden layer.
class PlaneNet final : public tensor::Module {
 public:
  PlaneNet(const PlaneNetSize& size, tensor::Generator& random);

  /// planes [N, planes, rows, columns], facts [N, facts] -> scores [N, classes]
  tensor::Tensor forward(const tensor::Tensor& planes, const tensor::Tensor& facts);
  void describe(tensor::Members& members) override;

  tensor::Conv2d first, second, third;
  tensor::Linear hidden, last;
  tensor::Generator noise;  ///< in training, drops a fifth of what goes into the last two layers
  tensor::Dropout dropout;
};

}  // namespace argent
