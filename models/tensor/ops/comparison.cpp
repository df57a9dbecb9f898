// Operations whose results are bits: comparisons, logic, bits of integers. None has a gradient.

#include "models/kernels/element_loops.h"
#include "models/tensor/apply.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/fast_elements.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/ops/two_operands.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

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
constexpr Op comparison(OpId id, std::string_view name, std::string_view onnx) {
  return {.id = id,
          .name = name,
          .types = TypeRule::kPromote,
          .infer = infer_binary_bool,
          .reference = binary_loop<Domain::kAny, kFunction>,
          .fast = fast_elements(id),
          .onnx = onnx,
          .samples = comparison_samples};
}

template <auto kFunction, Domain kDomain = Domain::kIntegral>
constexpr Op bits(OpId id, std::string_view name, void (*samples)(SampleList&) = bit_samples<DType::kI32, DType::kU8, DType::kBool>) {
  return {.id = id,
          .name = name,
          .types = TypeRule::kPromote,
          .infer = infer_binary,
          .reference = binary_loop<kDomain, kFunction>,
          .samples = samples};
}

/// A shift by the type's width or more leaves nothing, or the sign.
template <class T>
T shifted_left(T a, T b) {
  constexpr int kWidth = 8 * static_cast<int>(sizeof(T));
  return b < 0 || b >= kWidth ? T{0} : static_cast<T>(static_cast<std::uint64_t>(a) << static_cast<int>(b));
}
template <class T>
T shifted_right(T a, T b) {
  constexpr int kWidth = 8 * static_cast<int>(sizeof(T));
  const int by = b < 0 || b >= kWidth ? kWidth - 1 : static_cast<int>(b);
  return static_cast<T>((a >> by) >> (b < 0 || b >= kWidth ? 1 : 0));
}

const Op kRows[] = {
    comparison<[](auto a, auto b) { return a == b; }>(OpId::kEqual, "equal", "Equal"),
    comparison<[](auto a, auto b) { return a != b; }>(OpId::kNotEqual, "not_equal", ""),
    comparison<[](auto a, auto b) { return a < b; }>(OpId::kLess, "less", "Less"),
    comparison<[](auto a, auto b) { return a <= b; }>(OpId::kLessEqual, "less_equal", "LessOrEqual"),
    comparison<[](auto a, auto b) { return (a > b); }>(OpId::kGreater, "greater", "Greater"),
    comparison<[](auto a, auto b) { return (a >= b); }>(OpId::kGreaterEqual, "greater_equal", "GreaterOrEqual"),
    comparison<[](auto a, auto b) { return a != 0 && b != 0; }>(OpId::kLogicalAnd, "logical_and", "And"),
    comparison<[](auto a, auto b) { return a != 0 || b != 0; }>(OpId::kLogicalOr, "logical_or", "Or"),
    comparison<[](auto a, auto b) { return (a != 0) != (b != 0); }>(OpId::kLogicalXor, "logical_xor", "Xor"),
    {.id = OpId::kLogicalNot,
     .name = "logical_not",
     .infer = infer_unary_bool,
     .reference = unary_loop<Domain::kAny, [](auto x) { return x == 0; }>,
     .onnx = "Not",
     .samples = unary_samples<-10, 10>},
    bits<[](auto a, auto b) { return static_cast<decltype(a)>(a & b); }>(OpId::kBitwiseAnd, "bitwise_and"),
    bits<[](auto a, auto b) { return static_cast<decltype(a)>(a | b); }>(OpId::kBitwiseOr, "bitwise_or"),
    bits<[](auto a, auto b) { return static_cast<decltype(a)>(a ^ b); }>(OpId::kBitwiseXor, "bitwise_xor"),
    bits<[](auto a, auto b) { return shifted_left(a, b); }, Domain::kIntegers>(OpId::kShiftLeft, "shift_left",
                                                                               bit_samples<DType::kI32, DType::kU8>),
    bits<[](auto a, auto b) { return shifted_right(a, b); }, Domain::kIntegers>(OpId::kShiftRight, "shift_right",
                                                                                bit_samples<DType::kI32, DType::kU8>),
    {.id = OpId::kBitwiseNot,
     .name = "bitwise_not",
     .infer = infer_unary,
     .reference = unary_loop<Domain::kIntegral,
                             []<class T>(T x) {
                               if constexpr (std::is_same_v<T, bool>) {
                                 return !x;
                               } else {
                                 return static_cast<T>(~x);
                               }
                             }>,
     .samples = [](SampleList& list) { list.add({list.numbers({6}, -9, 9, DType::kI16)}); }},
};

}  // namespace

std::span<const Op> comparison_ops() { return kRows; }

Tensor operator<(const Operand& a, const Operand& b) { return apply_two(OpId::kLess, a, b); }
Tensor operator<=(const Operand& a, const Operand& b) { return apply_two(OpId::kLessEqual, a, b); }
Tensor operator>(const Operand& a, const Operand& b) { return apply_two(OpId::kGreater, a, b); }
Tensor operator>=(const Operand& a, const Operand& b) { return apply_two(OpId::kGreaterEqual, a, b); }
Tensor equal(const Operand& a, const Operand& b) { return apply_two(OpId::kEqual, a, b); }
Tensor not_equal(const Operand& a, const Operand& b) { return apply_two(OpId::kNotEqual, a, b); }
Tensor logical_and(const Operand& a, const Operand& b) { return apply_two(OpId::kLogicalAnd, a, b); }
Tensor logical_or(const Operand& a, const Operand& b) { return apply_two(OpId::kLogicalOr, a, b); }
Tensor logical_xor(const Operand& a, const Operand& b) { return apply_two(OpId::kLogicalXor, a, b); }
Tensor logical_not(const Operand& x) { return apply_one(OpId::kLogicalNot, {x.tensor()}, x.source()); }
Tensor is_nan(const Operand& x) { return apply_two(OpId::kNotEqual, x, x); }
Tensor bitwise_and(const Operand& a, const Operand& b) { return apply_two(OpId::kBitwiseAnd, a, b); }
Tensor bitwise_or(const Operand& a, const Operand& b) { return apply_two(OpId::kBitwiseOr, a, b); }
Tensor bitwise_xor(const Operand& a, const Operand& b) { return apply_two(OpId::kBitwiseXor, a, b); }
Tensor bitwise_not(const Operand& x) { return apply_one(OpId::kBitwiseNot, {x.tensor()}, x.source()); }
Tensor shift_left(const Operand& a, const Operand& b) { return apply_two(OpId::kShiftLeft, a, b); }
Tensor shift_right(const Operand& a, const Operand& b) { return apply_two(OpId::kShiftRight, a, b); }

}  // namespace argent::tensor
