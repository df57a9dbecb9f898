// models/tensor/ops/element_loops.h - private: plain loops of element-wise operations, for every type that a function of one element
// accepts.
#pragma once

#include <type_traits>

#include "models/tensor/op.h"
#include "models/tensor/strided.h"

namespace argent::tensor {

/// Types that a function of elements is defined for.
enum class Domain { kAny, kNumbers, kFloating, kIntegral, kIntegers };  // kIntegral: with bool

template <class T>
constexpr bool accepts(Domain domain) {
  constexpr DTypeKind kKind = kind_of(dtype_of<T>());
  switch (domain) {
    case Domain::kAny:
      return true;
    case Domain::kNumbers:
      return kKind != DTypeKind::kBool;
    case Domain::kFloating:
      return kKind == DTypeKind::kFloating;
    case Domain::kIntegral:
      return kKind != DTypeKind::kFloating;
    case Domain::kIntegers:
      return kKind == DTypeKind::kInteger;
  }
  return false;
}

/// The type that elements of type T are computed in: the short floating ones in float.
template <class T>
using Computed = std::conditional_t<std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>, float, T>;

template <class T>
Computed<T> load(const std::byte* from) {
  return static_cast<Computed<T>>(*reinterpret_cast<const T*>(from));
}
template <class T, class Value>
void store(std::byte* to, Value value) {
  *reinterpret_cast<T*>(to) = static_cast<T>(value);
}

/// Calls f<T>() for the type, if it is in the domain.
template <Domain kDomain, class F>
void with_type_of(DType type, F&& f) {
  with_type(type, [&]<class T>() {
    if constexpr (accepts<T>(kDomain)) {
      f.template operator()<T>();
    } else {
      throw Error("is not defined for " + std::string(name_of(dtype_of<T>())));
    }
  });
}

/// output[i] = kFunction(input[i]); the output is bool where the function's value is, else of the input's type.
template <Domain kDomain, auto kFunction>
void unary_loop(const Call& call, std::span<Tensor> outputs) {
  with_type_of<kDomain>(call.input().dtype(), [&]<class T>() {
    using Result = std::invoke_result_t<decltype(kFunction), Computed<T>>;
    using Out = std::conditional_t<std::is_same_v<Result, bool>, bool, T>;
    for_each_run(strided_bytes(outputs[0], call.input()), [](const auto& data, const auto& step, std::int64_t n) {
      for (std::int64_t i = 0; i < n; i++) store<Out>(data[0] + i * step[0], kFunction(load<T>(data[1] + i * step[1])));
    });
  });
}

/// The same of two inputs, broadcast to the output's shape.
template <Domain kDomain, auto kFunction>
void binary_loop(const Call& call, std::span<Tensor> outputs) {
  with_type_of<kDomain>(call.input().dtype(), [&]<class T>() {
    using Result = std::invoke_result_t<decltype(kFunction), Computed<T>, Computed<T>>;
    using Out = std::conditional_t<std::is_same_v<Result, bool>, bool, T>;
    for_each_run(strided_bytes(outputs[0], call.input(0), call.input(1)), [](const auto& data, const auto& step, std::int64_t n) {
      for (std::int64_t i = 0; i < n; i++)
        store<Out>(data[0] + i * step[0], kFunction(load<T>(data[1] + i * step[1]), load<T>(data[2] + i * step[2])));
    });
  });
}

// ---- infer() of element-wise rows ----------------------------------------------------------------------------------------------------

inline void infer_unary(const Call& call, OutputSpecs& outputs) {
  const Tensor& x = call.input();
  outputs.add(x.shape(), x.dtype(), pointwise_strides(x.shape(), call.inputs));
}
inline void infer_binary(const Call& call, OutputSpecs& outputs) {
  const Dims shape = broadcast(call.input(0).shape(), call.input(1).shape());
  outputs.add(shape, call.input(0).dtype(), pointwise_strides(shape, call.inputs));
}
inline void infer_unary_bool(const Call& call, OutputSpecs& outputs) {
  outputs.add(call.input().shape(), DType::kBool, pointwise_strides(call.input().shape(), call.inputs));
}
inline void infer_binary_bool(const Call& call, OutputSpecs& outputs) {
  const Dims shape = broadcast(call.input(0).shape(), call.input(1).shape());
  outputs.add(shape, DType::kBool, pointwise_strides(shape, call.inputs));
}

}  // namespace argent::tensor
