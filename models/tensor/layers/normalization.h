// models/tensor/layers/normalization.h - layers that bring activations to mean 0 and variance 1, then to a learned scale and offset.
//
// See ops/normalization.h, whose functions these are with parameters and memory. Channels are axis 1.
#pragma once

#include "models/tensor/layers/module.h"

namespace argent::tensor {

/// Whether there are a weight and a bias.
enum class Affine { kNo, kYes };

/// A weight of ones and a bias of zeros of this shape to start from, or none.
class AffineLayer : public WeightedLayer {
 protected:
  AffineLayer(const Dims& shape, Affine affine);
};

/// Over all axes but the channels': x [N, channels] or [N, channels, spatial]. In training by the batch's statistics, which are remembered
/// as running = (1 - momentum) * running + momentum * (mean, variance that divides by count - 1); in evaluation by those.
class BatchNorm final : public AffineLayer {
 public:
  struct Options {
    double epsilon = 1e-5, momentum = 0.1;
    Affine affine = Affine::kYes;
  };
  explicit BatchNorm(std::int64_t channels) : BatchNorm(channels, Options()) {}
  BatchNorm(std::int64_t channels, const Options& options);
  Tensor forward(const Tensor& x) override;
  void describe(Members& members) override;

  Tensor running_mean, running_var, num_batches_tracked;  ///< [channels], [channels], i64

 private:
  Options options_;
};
using BatchNorm1d = BatchNorm;
using BatchNorm2d = BatchNorm;

/// Over the last axes, whose sizes are `shape`.
class LayerNorm final : public AffineLayer {
 public:
  explicit LayerNorm(const Dims& shape, double epsilon = 1e-5, Affine affine = Affine::kYes);
  Tensor forward(const Tensor& x) override;

 private:
  Dims shape_;
  double epsilon_;
};

/// Over `groups` of neighboring channels of each sample: x [N, channels, ..].
class GroupNorm : public AffineLayer {
 public:
  GroupNorm(std::int64_t groups, std::int64_t channels, double epsilon = 1e-5, Affine affine = Affine::kYes);
  Tensor forward(const Tensor& x) final;

 private:
  std::int64_t groups_;
  double epsilon_;
};

/// Over each channel of each sample: x [N, channels, rows, columns].
class InstanceNorm2d final : public GroupNorm {
 public:
  explicit InstanceNorm2d(std::int64_t channels, double epsilon = 1e-5, Affine affine = Affine::kNo)
      : GroupNorm(channels, channels, epsilon, affine) {}
};

}  // namespace argent::tensor
