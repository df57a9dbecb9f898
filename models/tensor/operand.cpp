#include "models/tensor/operand.h"

namespace argent::tensor {

Tensor Operand::number_as(DType type) const {
  Tensor tensor = empty({}, type);
  with_type(type, [&]<class T>() {
    T& element = *tensor.raw_as<T>();
    if constexpr (is_floating(dtype_of<T>())) {
      element = static_cast<T>(kind_ == DTypeKind::kFloating ? real_ : static_cast<double>(integer_));
    } else {
      element = static_cast<T>(integer_);
    }
  });
  return tensor;
}

Tensor Operand::tensor() const {
  if (tensor_ != nullptr) return *tensor_;
  return number_as(kind_ == DTypeKind::kBool ? DType::kBool : kind_ == DTypeKind::kInteger ? DType::kI64 : DType::kF32);
}

Tensor Operand::beside(DType other) const {
  if (tensor_ != nullptr) return *tensor_;
  return kind_ > kind_of(other) ? tensor() : number_as(other);
}

}  // namespace argent::tensor
