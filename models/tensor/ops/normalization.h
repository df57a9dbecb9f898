// models/tensor/ops/normalization.h - mean 0 and variance 1 over some of the axes, then weight and bias where they are defined. Variances
// are biased (divided by n) and taken about the mean, in two passes. Made of operations; short types are computed in f32.
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

enum class NormMode { kTraining, kInference };

/// Of each channel, [C]. Either undefined, or written in place by training: (1 - momentum) of the old and momentum of the new, the
/// variance unbiased (divided by n - 1).
struct RunningStatistics {
  Tensor mean, variance;
  double momentum = 0.1;
};

/// x: [N, C, ..]; weight and bias: [C]. In training, and where there are no running statistics, by x's own over all axes but the channels.
/// Source: Ioffe and Szegedy, Batch normalization (2015).
Tensor batch_norm(const Operand& x, const RunningStatistics& running, const Tensor& weight, const Tensor& bias, NormMode mode,
                  double epsilon = 1e-5);
/// Over the last axes, whose sizes, and those of weight and bias, are `shape`. Source: Ba et al., Layer normalization (2016).
Tensor layer_norm(const Operand& x, const Dims& shape, const Tensor& weight = {}, const Tensor& bias = {}, double epsilon = 1e-5);
/// x: [N, C, ..], each channel of each picture by itself; weight and bias: [C]. Source: Ulyanov et al., Instance normalization (2016).
Tensor instance_norm(const Operand& x, const Tensor& weight = {}, const Tensor& bias = {}, double epsilon = 1e-5);
/// The same, `groups` neighboring channels together. Source: Wu and He, Group normalization (2018).
Tensor group_norm(const Operand& x, std::int64_t groups, const Tensor& weight = {}, const Tensor& bias = {}, double epsilon = 1e-5);

/// x divided by its p-norm along an axis, or by epsilon where that is larger.
Tensor normalize(const Operand& x, double p = 2, int axis = 1, double epsilon = 1e-12);

}  // namespace argent::tensor
