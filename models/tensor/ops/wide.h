// models/tensor/ops/wide.h - private: functions made of operations, in which short floating types and integers are computed in f32 and
// rounded once at the end. The operations within say the line of the program that called.
#pragma once

#include "models/tensor/apply.h"
#include "models/tensor/ops/pointwise.h"

namespace argent::tensor {

constexpr bool is_short(DType type) { return type == DType::kF16 || type == DType::kBF16; }

/// Lives as long as the body of the function.
class WideScope {
 public:
  explicit WideScope(const Operand& x) : type_(x.tensor().dtype()), scope_(source_in_scope(x.source())) {}
  WideScope(const Operand& x, const Operand& y) : type_(common(x.tensor(), y.tensor())), scope_(source_in_scope(x.source())) {}

  /// What is computed with; a number in the type that it has beside the others.
  Tensor widen(const Operand& x) const {
    const Tensor tensor = x.is_number() ? x.beside(is_short(type_) ? DType::kF32 : type_) : *x;
    return is_short(tensor.dtype()) || !is_floating(tensor.dtype()) ? tensor.to(DType::kF32) : tensor;
  }
  /// The type that it has, of two operands.
  DType wide_type() const { return is_short(type_) || !is_floating(type_) ? DType::kF32 : type_; }
  /// What is returned.
  Tensor narrow(const Tensor& result) const { return is_short(type_) ? result.to(type_) : result; }
  /// The same of what loses its meaning with few digits: under autocast it stays as it is.
  Tensor narrow_if_asked(const Tensor& result) const { return autocast_is_on() ? result : narrow(result); }

 private:
  /// A single number decides only when it is of a higher kind.
  static DType common(const Tensor& x, const Tensor& y) {
    if (y.rank() == 0 && x.rank() > 0 && kind_of(y.dtype()) <= kind_of(x.dtype())) return x.dtype();
    if (x.rank() == 0 && y.rank() > 0 && kind_of(x.dtype()) <= kind_of(y.dtype())) return y.dtype();
    return promote(x.dtype(), y.dtype());
  }

  DType type_;
  SourceScope scope_;
};

/// `f` of the widened operands, rounded back.
template <class F>
Tensor computed(const Operand& x, F&& f) {
  const WideScope scope(x);
  return scope.narrow(f(scope.widen(x)));
}
template <class F>
Tensor computed(const Operand& x, const Operand& y, F&& f) {
  const WideScope scope(x, y);
  return scope.narrow(f(scope.widen(x), scope.widen(y)));
}

/// f(x) of 0 and more where f(0) = 0 and f's slope there has no bound: gradient 0 there.
template <class F>
Tensor flat_at_zero(const Tensor& x, F&& f) {
  const Tensor zero = equal(x, 0);
  return where(zero, 0, f(where(zero, 1, x)));
}

/// The root of what is not negative, flat at zero.
inline Tensor sqrt_of_square(const Tensor& x) {
  return flat_at_zero(x, [](const Tensor& s) { return sqrt(s); });
}

}  // namespace argent::tensor
