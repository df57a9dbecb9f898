// models/tensor/ops/pointwise_rows.h - private: what the rows of element-wise operations have in common.
#pragma once

#include "models/kernels/element_loops.h"
#include "models/tensor/op.h"

namespace argent::tensor {

/// The strides of an element-wise result: the order of the first input of that shape that is dense, else contiguous (empty).
inline Dims pointwise_strides(const Dims& shape, std::span<const Tensor> inputs) {
  for (const Tensor& input : inputs) {
    if (!(input.shape() == shape)) continue;
    if (input.is_contiguous()) return {};
    if (input.is_channels_last()) return input.strides();
  }
  return {};
}

inline void infer_unary(const Call& call, OutputSpecs& outputs) {
  const Tensor& x = call.input();
  outputs.add(x.shape(), x.dtype(), pointwise_strides(x.shape(), call.inputs));
}
inline void infer_binary_as(DType type, const Call& call, OutputSpecs& outputs) {
  const Dims shape = broadcast(call.input(0).shape(), call.input(1).shape());
  outputs.add(shape, type, pointwise_strides(shape, call.inputs));
}
inline void infer_binary(const Call& call, OutputSpecs& outputs) { infer_binary_as(call.input(0).dtype(), call, outputs); }
inline void infer_binary_bool(const Call& call, OutputSpecs& outputs) { infer_binary_as(DType::kBool, call, outputs); }
inline void infer_unary_bool(const Call& call, OutputSpecs& outputs) {
  outputs.add(call.input().shape(), DType::kBool, pointwise_strides(call.input().shape(), call.inputs));
}

template <kernels::Domain kDomain, auto kFunction>
void unary_loop(const Call& call, std::span<Tensor> outputs) {
  kernels::unary<kDomain, kFunction>(outputs[0], call.input());
}
template <kernels::Domain kDomain, auto kFunction>
void binary_loop(const Call& call, std::span<Tensor> outputs) {
  kernels::binary<kDomain, kFunction>(outputs[0], call.input(0), call.input(1));
}

}  // namespace argent::tensor
