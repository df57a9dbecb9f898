// Operations whose results are bits: comparisons, logic, bits of integers. None has a gradient.

#include "models/kernels/arithmetic.h"
#include "models/tensor/ops/rows.h"

namespace argent::tensor {
namespace {

using kernels::Comparison, kernels::Domain;

/// Few different whole numbers, so that equal ones meet.
void comparison_samples(SampleList& list) {
  for (const DType type : {DType::kF64, DType::kI32, DType::kBool}) {
    list.add({list.numbers({3, 5}, 0, 3, type), list.numbers({5}, 0, 3, type)});
    list.add({list.numbers({}, 0, 2, type), SampleList::strided(list.numbers({4}, 0, 2, type))});
  }
}

template <DType... kTypes>
void bit_samples(SampleList& list) {
  for (const DType type : {kTypes...}) list.add({list.numbers({3, 5}, 0, 7, type), list.numbers({5}, 0, 7, type)});
}

template <auto kFunction>
constexpr Row comparison(OpId id, std::string_view name, std::string_view onnx) {
  return row(id, name, onnx, TypeRule::kPromote, infer_binary_bool, binary_loop<Domain::kAny, kFunction>, nullptr, Saved::kNothing,
             comparison_samples);
}

template <auto kFunction, Domain kDomain = Domain::kIntegral>
constexpr Row bits(OpId id, std::string_view name, Samples samples = bit_samples<DType::kI32, DType::kU8, DType::kBool>) {
  return row(id, name, "", TypeRule::kPromote, infer_binary, binary_loop<kDomain, kFunction>, nullptr, Saved::kNothing, samples);
}

constexpr Samples kShiftSamples = bit_samples<DType::kI32, DType::kU8>;

const Op kRows[] = {
    comparison<[](auto a, auto b) { return a == b; }>(OpId::kEqual, "equal", "Equal").fast_by(fast_loop<Comparison::kEqual>),
    comparison<[](auto a, auto b) { return a != b; }>(OpId::kNotEqual, "not_equal", "").fast_by(fast_loop<Comparison::kNotEqual>),
    comparison<[](auto a, auto b) { return a < b; }>(OpId::kLess, "less", "Less").fast_by(fast_loop<Comparison::kLess>),
    comparison<[](auto a, auto b) { return a <= b; }>(OpId::kLessEqual, "less_equal", "LessOrEqual")
        .fast_by(fast_loop<Comparison::kLessEqual>),
    comparison<[](auto a, auto b) { return (a > b); }>(OpId::kGreater, "greater", "Greater").fast_by(fast_loop<Comparison::kGreater>),
    comparison<[](auto a, auto b) { return (a >= b); }>(OpId::kGreaterEqual, "greater_equal", "GreaterOrEqual")
        .fast_by(fast_loop<Comparison::kGreaterEqual>),
    comparison<[](auto a, auto b) { return a != 0 && b != 0; }>(OpId::kLogicalAnd, "logical_and", "And"),
    comparison<[](auto a, auto b) { return a != 0 || b != 0; }>(OpId::kLogicalOr, "logical_or", "Or"),
    comparison<[](auto a, auto b) { return (a != 0) != (b != 0); }>(OpId::kLogicalXor, "logical_xor", "Xor"),
    row(OpId::kLogicalNot, "logical_not", "Not", TypeRule::kOwn, infer_unary_bool, unary_loop<Domain::kAny, [](auto x) { return x == 0; }>,
        nullptr, Saved::kNothing, unary_samples<-10, 10>),
    bits<[](auto a, auto b) { return a & b; }>(OpId::kBitwiseAnd, "bitwise_and"),
    bits<[](auto a, auto b) { return a | b; }>(OpId::kBitwiseOr, "bitwise_or"),
    bits<[](auto a, auto b) { return a ^ b; }>(OpId::kBitwiseXor, "bitwise_xor"),
    bits<[](auto a, auto b) { return kernels::shifted_left(a, b); }, Domain::kIntegers>(OpId::kShiftLeft, "shift_left", kShiftSamples),
    bits<[](auto a, auto b) { return kernels::shifted_right(a, b); }, Domain::kIntegers>(OpId::kShiftRight, "shift_right", kShiftSamples),
    row(OpId::kBitwiseNot, "bitwise_not", "", TypeRule::kOwn, infer_unary,
        unary_loop<Domain::kIntegral, [](auto x) { return kernels::inverted(x); }>, nullptr, Saved::kNothing,
        [](SampleList& list) { list.add({list.numbers({6}, -9, 9, DType::kI16)}); }),
};

}  // namespace

std::span<const Op> comparison_ops() { return kRows; }

Tensor operator<(const Operand& a, const Operand& b) { return apply_to(OpId::kLess, a, b); }
Tensor operator<=(const Operand& a, const Operand& b) { return apply_to(OpId::kLessEqual, a, b); }
Tensor operator>(const Operand& a, const Operand& b) { return apply_to(OpId::kGreater, a, b); }
Tensor operator>=(const Operand& a, const Operand& b) { return apply_to(OpId::kGreaterEqual, a, b); }
Tensor equal(const Operand& a, const Operand& b) { return apply_to(OpId::kEqual, a, b); }
Tensor not_equal(const Operand& a, const Operand& b) { return apply_to(OpId::kNotEqual, a, b); }
Tensor logical_and(const Operand& a, const Operand& b) { return apply_to(OpId::kLogicalAnd, a, b); }
Tensor logical_or(const Operand& a, const Operand& b) { return apply_to(OpId::kLogicalOr, a, b); }
Tensor logical_xor(const Operand& a, const Operand& b) { return apply_to(OpId::kLogicalXor, a, b); }
Tensor logical_not(const Operand& x) { return apply_to(OpId::kLogicalNot, x); }
Tensor is_nan(const Operand& x) { return apply_to(OpId::kNotEqual, x, x); }
Tensor bitwise_and(const Operand& a, const Operand& b) { return apply_to(OpId::kBitwiseAnd, a, b); }
Tensor bitwise_or(const Operand& a, const Operand& b) { return apply_to(OpId::kBitwiseOr, a, b); }
Tensor bitwise_xor(const Operand& a, const Operand& b) { return apply_to(OpId::kBitwiseXor, a, b); }
Tensor bitwise_not(const Operand& x) { return apply_to(OpId::kBitwiseNot, x); }
Tensor shift_left(const Operand& a, const Operand& b) { return apply_to(OpId::kShiftLeft, a, b); }
Tensor shift_right(const Operand& a, const Operand& b) { return apply_to(OpId::kShiftRight, a, b); }

}  // namespace argent::tensor
