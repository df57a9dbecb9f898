// models/tensor/ops/fast_elements.h - private: the fast kernels of element-wise rows and of sums, for f32.
#pragma once

#include "models/kernels/kernels.h"
#include "models/tensor/op.h"

namespace argent::tensor {

using FastKernel = bool (*)(const Call& call, std::span<Tensor> outputs);

bool run_unary(kernels::Unary function, const Call& call, std::span<Tensor> outputs);
bool run_binary(kernels::Binary function, const Call& call, std::span<Tensor> outputs);
bool run_comparison(kernels::Comparison function, const Call& call, std::span<Tensor> outputs);
template <kernels::Unary kFunction>
bool fast_unary(const Call& call, std::span<Tensor> outputs) {
  return run_unary(kFunction, call, outputs);
}
template <kernels::Binary kFunction>
bool fast_binary(const Call& call, std::span<Tensor> outputs) {
  return run_binary(kFunction, call, outputs);
}
template <kernels::Comparison kFunction>
bool fast_comparison(const Call& call, std::span<Tensor> outputs) {
  return run_comparison(kFunction, call, outputs);
}
bool fast_where(const Call& call, std::span<Tensor> outputs);
bool fast_cast(const Call& call, std::span<Tensor> outputs);  ///< between f32 and the short floating types
bool fast_sum(const Call& call, std::span<Tensor> outputs);

/// The elements of `from`, converted; the two have one shape. For kernels that compute in another type.
void convert_elements(const Tensor& to, const Tensor& from);

/// What an element-wise row has as its fast kernel; nullptr: nothing.
constexpr FastKernel fast_elements(OpId id) {
  using kernels::Binary, kernels::Comparison, kernels::Unary;
  switch (id) {
    case OpId::kAbs:
      return fast_unary<Unary::kAbs>;
    case OpId::kExp:
      return fast_unary<Unary::kExp>;
    case OpId::kLog:
      return fast_unary<Unary::kLog>;
    case OpId::kNeg:
      return fast_unary<Unary::kNeg>;
    case OpId::kRelu:
      return fast_unary<Unary::kRelu>;
    case OpId::kSigmoid:
      return fast_unary<Unary::kSigmoid>;
    case OpId::kSqrt:
      return fast_unary<Unary::kSqrt>;
    case OpId::kTanh:
      return fast_unary<Unary::kTanh>;
    case OpId::kAdd:
      return fast_binary<Binary::kAdd>;
    case OpId::kSub:
      return fast_binary<Binary::kSub>;
    case OpId::kMul:
      return fast_binary<Binary::kMul>;
    case OpId::kDiv:
      return fast_binary<Binary::kDiv>;
    case OpId::kMaximum:
      return fast_binary<Binary::kMaximum>;
    case OpId::kMinimum:
      return fast_binary<Binary::kMinimum>;
    case OpId::kEqual:
      return fast_comparison<Comparison::kEqual>;
    case OpId::kNotEqual:
      return fast_comparison<Comparison::kNotEqual>;
    case OpId::kLess:
      return fast_comparison<Comparison::kLess>;
    case OpId::kLessEqual:
      return fast_comparison<Comparison::kLessEqual>;
    case OpId::kGreater:
      return fast_comparison<Comparison::kGreater>;
    case OpId::kGreaterEqual:
      return fast_comparison<Comparison::kGreaterEqual>;
    default:
      return nullptr;
  }
}

}  // namespace argent::tensor
