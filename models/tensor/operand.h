// models/tensor/operand.h - what an operation is given: a tensor or a number, and the line that gave it.
#pragma once

#include <concepts>

#include "models/tensor/source.h"
#include "models/tensor/tensor.h"

namespace argent::tensor {

template <class T>
concept Number = std::integral<T> || std::floating_point<T>;

/// Made implicitly at the call; the compiler puts the caller's file and line into the defaults. Lives as long as the call's expression.
class Operand {
 public:
  Operand(const Tensor& tensor, const char* file = __builtin_FILE(), int line = __builtin_LINE())  // NOLINT(google-explicit-constructor)
      : tensor_(&tensor), source_{file, line} {}
  template <Number T>
  Operand(T number, const char* file = __builtin_FILE(), int line = __builtin_LINE())  // NOLINT(google-explicit-constructor)
      : kind_(std::floating_point<T>  ? DTypeKind::kFloating
              : std::same_as<T, bool> ? DTypeKind::kBool
                                      : DTypeKind::kInteger),
        real_(static_cast<double>(number)),
        source_{file, line} {
    if constexpr (std::integral<T>) integer_ = static_cast<std::int64_t>(number);
  }

  bool is_number() const { return tensor_ == nullptr; }
  Source source() const { return source_; }

  /// The tensor; of a number: one of rank 0, of the type that it has by itself (bool, i64, f32).
  Tensor tensor() const;
  /// As tensor(), but of the type that the number takes beside `other`: a number never raises the type within its kind.
  Tensor beside(DType other) const;

  /// The tensor itself. Not for numbers.
  const Tensor& operator*() const { return *tensor_; }

 private:
  Tensor number_as(DType type) const;

  const Tensor* tensor_ = nullptr;
  DTypeKind kind_ = DTypeKind::kFloating;
  double real_ = 0;
  std::int64_t integer_ = 0;
  Source source_;
};

}  // namespace argent::tensor
