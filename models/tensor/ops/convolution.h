// models/tensor/ops/convolution.h - convolutions over one to three spatial axes; results are channels-last.
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

/// Lists have one number for each spatial axis, or one for all.
struct ConvOptions {
  Dims stride{1};
  Dims padding{0};       ///< zeros before the first element of an axis
  Dims padding_after{};  ///< behind the last; empty: as before
  Dims dilation{1};      ///< distance of a window's taps
  std::int64_t groups = 1;
};

/// y(n, o, p) = bias(o) + sum over c, k of x(n, c, p * stride + k * dilation - padding) * weight(o, c, k), zero outside of x.
/// x: [N, C, spatial] or [C, spatial]; weight: [O, C / groups, kernel]; bias: [O] or undefined. Group i of C sees group i of O.
Tensor conv(const Operand& x, const Tensor& weight, const Tensor& bias = {}, const ConvOptions& options = {});

/// The adjoint of conv in x: x: [N, C, spatial] or [C, spatial]; weight: [C, O / groups, kernel]; bias: [O] or undefined. The result has
/// (size - 1) * stride + (kernel - 1) * dilation + 1 - padding - padding_after + output_padding elements along an axis.
Tensor conv_transpose(const Operand& x, const Tensor& weight, const Tensor& bias = {}, const ConvOptions& options = {},
                      const Dims& output_padding = {0});

}  // namespace argent::tensor
