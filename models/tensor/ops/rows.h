// models/tensor/ops/rows.h - private: what files of rows have in common.
#pragma once

#include "models/kernels/element_loops.h"
#include "models/kernels/pointwise.h"
#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/composite.h"
#include "models/tensor/samples.h"

namespace argent::tensor {

using Infer = void (*)(const Call& call, OutputSpecs& outputs);
using Kernel = void (*)(const Call& call, std::span<Tensor> outputs);
using Gradient = void (*)(GradientCall& c);
using Samples = void (*)(SampleList& list);

/// A row told in one line; what few have is added: `row(...).fast_by(kernel).in(Autocast::kF32)`.
struct Row : Op {
  constexpr Row fast_by(bool (*kernel)(const Call&, std::span<Tensor>)) const {
    return changed([&](Row& row) { row.fast = kernel; });
  }
  constexpr Row in(Autocast type) const {
    return changed([&](Row& row) { row.autocast = type; });
  }
  constexpr Row not_captured() const {
    return changed([](Row& row) { row.capture_safe = false; });
  }

 private:
  template <class F>
  constexpr Row changed(F&& change) const {
    Row copy = *this;
    change(copy);
    return copy;
  }
};

/// `onnx` may be empty, `gradient` nullptr; then nothing is saved.
constexpr Row row(OpId id, std::string_view name, std::string_view onnx, TypeRule types, Infer infer, Kernel reference, Gradient gradient,
                  Saved saved, Samples samples) {
  return {{.id = id,
           .name = name,
           .types = types,
           .infer = infer,
           .reference = reference,
           .gradient = gradient,
           .saved = saved,
           .onnx = onnx,
           .samples = samples}};
}

// ---- element-wise ----------------------------------------------------------------------------------------------------------------------

/// The strides of an element-wise result: the order of the first input of that shape that is dense, else contiguous (empty).
inline Dims pointwise_strides(const Dims& shape, std::span<const Tensor> inputs) {
  for (const Tensor& input : inputs) {
    if (!(input.shape() == shape)) continue;
    if (input.is_contiguous()) return {};
    if (input.is_channels_last()) return input.strides();
  }
  return {};
}

inline void infer_unary_as(DType type, const Call& call, OutputSpecs& outputs) {
  outputs.add(call.input().shape(), type, pointwise_strides(call.input().shape(), call.inputs));
}
inline void infer_unary(const Call& call, OutputSpecs& outputs) { infer_unary_as(call.input().dtype(), call, outputs); }
inline void infer_unary_bool(const Call& call, OutputSpecs& outputs) { infer_unary_as(DType::kBool, call, outputs); }
inline void infer_binary_as(DType type, const Call& call, OutputSpecs& outputs) {
  const Dims shape = broadcast(call.input(0).shape(), call.input(1).shape());
  outputs.add(shape, type, pointwise_strides(shape, call.inputs));
}
inline void infer_binary(const Call& call, OutputSpecs& outputs) { infer_binary_as(call.input(0).dtype(), call, outputs); }
inline void infer_binary_bool(const Call& call, OutputSpecs& outputs) { infer_binary_as(DType::kBool, call, outputs); }

template <kernels::Domain kDomain, auto kFunction>
void unary_loop(const Call& call, std::span<Tensor> outputs) {
  kernels::unary<kDomain, kFunction>(outputs[0], call.input());
}
template <kernels::Domain kDomain, auto kFunction>
void binary_loop(const Call& call, std::span<Tensor> outputs) {
  kernels::binary<kDomain, kFunction>(outputs[0], call.input(0), call.input(1));
}
/// Of kernels::Unary, Binary or Comparison: made for f32.
template <auto kFunction>
bool fast_loop(const Call& call, std::span<Tensor> outputs) {
  if constexpr (std::is_same_v<decltype(kFunction), kernels::Unary>)
    return kernels::fast_elements(kFunction, outputs[0], call.input());
  else
    return kernels::fast_elements(kFunction, outputs[0], call.input(0), call.input(1));
}

/// A number in the type that it has beside a tensor.
inline Tensor beside(const Operand& x, const Operand& other) {
  return x.is_number() && !other.is_number() ? x.beside((*other).dtype()) : x.tensor();
}
inline Tensor apply_to(OpId id, const Operand& x) { return apply_one(id, {x.tensor()}, x.source()); }
inline Tensor apply_to(OpId id, const Operand& a, const Operand& b) { return apply_one(id, {beside(a, b), beside(b, a)}, a.source()); }

}  // namespace argent::tensor
