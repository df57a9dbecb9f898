// models/tensor/ops/fast_elements.h - private: the fast kernels of element-wise rows and of sums, for f32.
#pragma once

#include "models/tensor/op.h"

namespace argent::tensor {

using FastKernel = bool (*)(const Call& call, std::span<Tensor> outputs);

bool fast_unary(const Call& call, std::span<Tensor> outputs);
bool fast_binary(const Call& call, std::span<Tensor> outputs);
bool fast_comparison(const Call& call, std::span<Tensor> outputs);
bool fast_where(const Call& call, std::span<Tensor> outputs);
bool fast_cast(const Call& call, std::span<Tensor> outputs);  ///< between f32 and the short floating types
bool fast_sum(const Call& call, std::span<Tensor> outputs);

/// The elements of `from`, converted; the two have one shape. For kernels that compute in another type.
void convert_elements(const Tensor& to, const Tensor& from);

/// What an element-wise row has as its fast kernel; nullptr: nothing.
constexpr FastKernel fast_elements(OpId id) {
  switch (id) {
    case OpId::kAbs:
    case OpId::kExp:
    case OpId::kLog:
    case OpId::kNeg:
    case OpId::kRelu:
    case OpId::kSigmoid:
    case OpId::kSqrt:
    case OpId::kTanh:
      return fast_unary;
    case OpId::kAdd:
    case OpId::kSub:
    case OpId::kMul:
    case OpId::kDiv:
    case OpId::kMaximum:
    case OpId::kMinimum:
      return fast_binary;
    case OpId::kEqual:
    case OpId::kNotEqual:
    case OpId::kLess:
    case OpId::kLessEqual:
    case OpId::kGreater:
    case OpId::kGreaterEqual:
      return fast_comparison;
    default:
      return nullptr;
  }
}

}  // namespace argent::tensor
