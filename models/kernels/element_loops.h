// models/kernels/element_loops.h - private: plain loops element by element, for every type that a function of one element accepts.
#pragma once

#include <type_traits>

#include "models/kernels/strided.h"

namespace argent::kernels {

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

/// What many numbers of type V are added and multiplied in: floating ones in f64, so that the order does not matter much; integers wrap
/// around.
template <class V>
using Wide = std::conditional_t<std::is_floating_point_v<V>, double, std::uint64_t>;
/// The type of a sum or product of elements of type T.
template <class T>
using SumType = std::conditional_t<is_floating(dtype_of<T>()), T, std::int64_t>;

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
      throw Error("is not defined for ", name_of(dtype_of<T>()));
    }
  });
}

/// out[i] = kFunction(x[i]); out is bool where the function's value is, else of x's type.
template <Domain kDomain, auto kFunction>
void unary(const Array& out, const Array& x) {
  with_type_of<kDomain>(x.dtype(), [&]<class T>() {
    using Result = std::invoke_result_t<decltype(kFunction), Computed<T>>;
    using Out = std::conditional_t<std::is_same_v<Result, bool>, bool, T>;
    for_each_run(strided_bytes(out, x), [](const auto& data, const auto& step, std::int64_t n) {
      for (std::int64_t i = 0; i < n; i++) store<Out>(data[0] + i * step[0], kFunction(load<T>(data[1] + i * step[1])));
    });
  });
}

/// The same of two arrays of one type, broadcast to the shape of `out`.
template <Domain kDomain, auto kFunction>
void binary(const Array& out, const Array& a, const Array& b) {
  with_type_of<kDomain>(a.dtype(), [&]<class T>() {
    using Result = std::invoke_result_t<decltype(kFunction), Computed<T>, Computed<T>>;
    using Out = std::conditional_t<std::is_same_v<Result, bool>, bool, T>;
    for_each_run(strided_bytes(out, a, b), [](const auto& data, const auto& step, std::int64_t n) {
      for (std::int64_t i = 0; i < n; i++)
        store<Out>(data[0] + i * step[0], kFunction(load<T>(data[1] + i * step[1]), load<T>(data[2] + i * step[2])));
    });
  });
}

}  // namespace argent::kernels
