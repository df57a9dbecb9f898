// Sums, products and their like, the choice between two, and conversion.

#include "models/kernels/arithmetic.h"
#include "models/tensor/autograd.h"
#include "models/tensor/ops/rows.h"

namespace argent::tensor {
namespace {

using G = GradientCall;
using kernels::Binary, kernels::Domain, kernels::Unary;
constexpr Saved kIn = Saved::kFirstInput, kBothInputs = Saved::kInputs, kNone = Saved::kNothing;

// ---- gradients -------------------------------------------------------------------------------------------------------------------------

void add_gradient(G& c) { c.set(0, c.gradient()), c.set(1, c.gradient()); }

void sub_gradient(G& c) {
  c.set(0, c.gradient());
  if (c.wants(1)) c.set(1, -c.gradient());
}

void mul_gradient(G& c) {
  if (c.wants(0)) c.set(0, c.gradient() * c.input(1));
  if (c.wants(1)) c.set(1, c.gradient() * c.input(0));
}

void div_gradient(G& c) {
  const Tensor part = c.gradient() / c.input(1);
  c.set(0, part);
  if (c.wants(1)) c.set(1, -part * (c.input(0) / c.input(1)));
}

void pow_gradient(G& c) {
  const Tensor a = c.input(0), b = c.input(1);
  if (c.wants(0)) c.set(0, c.gradient() * where(equal(b, 0), 0, b * pow(a, b - 1)));
  if (c.wants(1)) {
    const Tensor flat = logical_and(equal(a, 0), b >= 0);
    c.set(1, c.gradient() * where(flat, 0, pow(a, b) * log(where(flat, 1, a))));
  }
}

void atan2_gradient(G& c) {
  const Tensor y = c.input(0), x = c.input(1), part = c.gradient() / (square(x) + square(y));
  c.set(0, part * x);
  c.set(1, -part * y);
}

/// Of maximum and minimum: to the one that won, half to each where they are equal.
void extreme_gradient(G& c, const Tensor& first_won) {
  const Tensor share = where(equal(c.input(0), c.input(1)), 0.5, first_won.to(c.input_dtype()));
  c.set(0, c.gradient() * share);
  c.set(1, c.gradient() * (1 - share));
}

void maximum_gradient(G& c) { extreme_gradient(c, c.input(0) > c.input(1)); }
void minimum_gradient(G& c) { extreme_gradient(c, c.input(0) < c.input(1)); }

void remainder_gradient(G& c) {
  c.set(0, c.gradient());
  if (c.wants(1)) c.set(1, -c.gradient() * floor_divide(c.input(0), c.input(1)));
}

void fmod_gradient(G& c) {
  c.set(0, c.gradient());
  if (c.wants(1)) c.set(1, -c.gradient() * trunc(c.input(0) / c.input(1)));
}

/// Steps: constant between the jumps.
void no_slope(G& c) { c.set(0, zeros(c.input_shape(), c.input_dtype())); }

void abs_gradient(G& c) { c.set(0, c.gradient() * sign(c.input())); }
void relu_gradient(G& c) { c.set(0, where(c.output() > 0, c.gradient(), 0)); }

void where_gradient(G& c) {
  if (c.wants(1)) c.set(1, where(c.input(0), c.gradient(), 0));
  if (c.wants(2)) c.set(2, where(c.input(0), 0, c.gradient()));
}

// ---- rows ------------------------------------------------------------------------------------------------------------------------------

template <auto kFunction, Domain kDomain = Domain::kNumbers>
constexpr Row binary(OpId id, std::string_view name, std::string_view onnx, Gradient gradient, Saved saved,
                     Samples samples = binary_samples<>, TypeRule types = TypeRule::kPromote) {
  return row(id, name, onnx, types, infer_binary, binary_loop<kDomain, kFunction>, gradient, saved, samples);
}

template <auto kFunction, Domain kDomain = Domain::kNumbers>
constexpr Row unary(OpId id, std::string_view name, std::string_view onnx, Gradient gradient, Saved saved = kNone) {
  return row(id, name, onnx, TypeRule::kOwn, infer_unary, unary_loop<kDomain, kFunction>, gradient, saved, unary_samples<>);
}

void infer_where(const Call& call, OutputSpecs& outputs) {
  const Tensor &condition = call.input(0), &a = call.input(1), &b = call.input(2);
  if (condition.dtype() != DType::kBool) throw Error("a condition of type ", condition.dtype(), ", expected bool");
  if (a.dtype() != b.dtype()) throw Error("a choice between two types");
  const Dims shape = broadcast(condition.shape(), broadcast(a.shape(), b.shape()));
  outputs.add(shape, a.dtype(), pointwise_strides(shape, call.inputs));
}

void where_samples(SampleList& list) {
  const Tensor condition = list.numbers({3, 4}, 0, 2, DType::kBool);
  list.add({condition, list.numbers({3, 4}), list.numbers({3, 4})});
  list.add({condition.transpose(0, 1), list.numbers({}), list.numbers({3})});
  list.add({list.numbers({0, 1}, 0, 2, DType::kBool), list.numbers({1, 2}), list.numbers({0, 2})});
}

void infer_cast(const Call& call, OutputSpecs& outputs) { infer_unary_as(call.attributes.dtype(Key::kDType), call, outputs); }

void cast_samples(SampleList& list) {
  for (int type = 0; type < kDTypes; type++) list.add({list.numbers({3, 4}, 0, 100)}, {{Key::kDType, static_cast<DType>(type)}});
}

const Op kRows[] = {
    binary<[](auto a, auto b) { return kernels::plus(a, b); }, Domain::kAny>(OpId::kAdd, "add", "Add", add_gradient, kNone)
        .fast_by(fast_loop<Binary::kAdd>),
    binary<[](auto a, auto b) { return kernels::minus(a, b); }>(OpId::kSub, "sub", "Sub", sub_gradient, kNone)
        .fast_by(fast_loop<Binary::kSub>),
    binary<[](auto a, auto b) { return kernels::times(a, b); }, Domain::kAny>(OpId::kMul, "mul", "Mul", mul_gradient, kBothInputs)
        .fast_by(fast_loop<Binary::kMul>),
    binary<[](auto a, auto b) { return a / b; }, Domain::kFloating>(OpId::kDiv, "div", "Div", div_gradient, kBothInputs,
                                                                    binary_samples<-30, 30, 5, 30>, TypeRule::kFloating)
        .fast_by(fast_loop<Binary::kDiv>),
    binary<[](auto a, auto b) { return kernels::power(a, b); }>(OpId::kPow, "pow", "Pow", pow_gradient, kBothInputs,
                                                                binary_samples<3, 20, -20, 20>),
    binary<[](auto a, auto b) { return std::atan2(a, b); }, Domain::kFloating>(OpId::kAtan2, "atan2", "", atan2_gradient, kBothInputs,
                                                                               binary_samples<2, 30>, TypeRule::kFloating),
    binary<[](auto a, auto b) { return kernels::larger(a, b); }, Domain::kAny>(OpId::kMaximum, "maximum", "Max", maximum_gradient,
                                                                               kBothInputs)
        .fast_by(fast_loop<Binary::kMaximum>),
    binary<[](auto a, auto b) { return kernels::smaller(a, b); }, Domain::kAny>(OpId::kMinimum, "minimum", "Min", minimum_gradient,
                                                                                kBothInputs)
        .fast_by(fast_loop<Binary::kMinimum>),
    binary<[](auto a, auto b) { return kernels::floored_remainder(a, b); }>(OpId::kRemainder, "remainder", "", remainder_gradient,
                                                                            kBothInputs, binary_samples<-30, 30, 6, 9>),
    binary<[](auto a, auto b) { return kernels::truncated_remainder(a, b); }>(OpId::kFmod, "fmod", "Mod", fmod_gradient, kBothInputs,
                                                                              binary_samples<-30, 30, 6, 9>),
    binary<[](auto a, auto b) { return kernels::floored_quotient(a, b); }>(OpId::kFloorDivide, "floor_divide", "", no_slope, kNone,
                                                                           binary_samples<-90, 90, 10, 30>),
    unary<[](auto x) { return kernels::negated(x); }>(OpId::kNeg, "neg", "Neg", [](G& c) { c.set(0, -c.gradient()); })
        .fast_by(fast_loop<Unary::kNeg>),
    unary<[](auto x) { return kernels::magnitude(x); }>(OpId::kAbs, "abs", "Abs", abs_gradient, kIn).fast_by(fast_loop<Unary::kAbs>),
    unary<[](auto x) { return kernels::sign_of(x); }, Domain::kAny>(OpId::kSign, "sign", "Sign", no_slope),
    unary<[](auto x) { return kernels::rectified(x); }>(OpId::kRelu, "relu", "Relu", relu_gradient, Saved::kOutputs)
        .fast_by(fast_loop<Unary::kRelu>),
    unary<[](auto x) { return std::floor(x); }>(OpId::kFloor, "floor", "Floor", no_slope),
    unary<[](auto x) { return std::ceil(x); }>(OpId::kCeil, "ceil", "Ceil", no_slope),
    unary<[](auto x) { return std::nearbyint(x); }>(OpId::kRound, "round", "Round", no_slope),
    unary<[](auto x) { return std::trunc(x); }>(OpId::kTrunc, "trunc", "", no_slope),
    row(
        OpId::kWhere, "where", "Where", TypeRule::kOwn, infer_where,
        [](const Call& call, std::span<Tensor> out) { kernels::choose(out[0], call.input(0), call.input(1), call.input(2)); },
        where_gradient, kIn, where_samples)
        .fast_by([](const Call& call, std::span<Tensor> out) {
          return kernels::fast_choose(out[0], call.input(0), call.input(1), call.input(2));
        }),
    row(
        OpId::kCast, "cast", "Cast", TypeRule::kOwn, infer_cast,
        [](const Call& call, std::span<Tensor> out) { kernels::convert(out[0], call.input()); },
        [](G& c) { c.set(0, c.gradient().to(c.input_dtype())); }, kNone, cast_samples)
        .fast_by([](const Call& call, std::span<Tensor> out) { return kernels::fast_convert(out[0], call.input()); }),
};

/// a = a <op> b, said from where b was given. What the gradient of b needs of a is kept from being written.
Tensor& apply_in_place(Tensor& a, OpId id, const Operand& b) {
  const auto [file, line] = b.source();
  const bool keeps = op(id).saved != kNone && gradients_enabled() && !b.is_number() && (*b).requires_grad();
  const Tensor before = keeps ? a.clone(b.source()) : a;
  const Tensor value = apply_to(id, Operand(before, file, line), b);
  return a.assign(Operand(value, file, line));
}

}  // namespace

std::span<const Op> arithmetic_ops() { return kRows; }

Tensor operator+(const Operand& a, const Operand& b) { return apply_to(OpId::kAdd, a, b); }
Tensor operator-(const Operand& a, const Operand& b) { return apply_to(OpId::kSub, a, b); }
Tensor operator*(const Operand& a, const Operand& b) { return apply_to(OpId::kMul, a, b); }
Tensor operator/(const Operand& a, const Operand& b) { return apply_to(OpId::kDiv, a, b); }
Tensor operator-(const Operand& x) { return apply_to(OpId::kNeg, x); }
Tensor pow(const Operand& a, const Operand& b) { return apply_to(OpId::kPow, a, b); }
Tensor atan2(const Operand& y, const Operand& x) { return apply_to(OpId::kAtan2, y, x); }
Tensor maximum(const Operand& a, const Operand& b) { return apply_to(OpId::kMaximum, a, b); }
Tensor minimum(const Operand& a, const Operand& b) { return apply_to(OpId::kMinimum, a, b); }
Tensor remainder(const Operand& a, const Operand& b) { return apply_to(OpId::kRemainder, a, b); }
Tensor fmod(const Operand& a, const Operand& b) { return apply_to(OpId::kFmod, a, b); }
Tensor floor_divide(const Operand& a, const Operand& b) { return apply_to(OpId::kFloorDivide, a, b); }
Tensor abs(const Operand& x) { return apply_to(OpId::kAbs, x); }
Tensor sign(const Operand& x) { return apply_to(OpId::kSign, x); }
Tensor relu(const Operand& x) { return apply_to(OpId::kRelu, x); }
Tensor floor(const Operand& x) { return apply_to(OpId::kFloor, x); }
Tensor ceil(const Operand& x) { return apply_to(OpId::kCeil, x); }
Tensor round(const Operand& x) { return apply_to(OpId::kRound, x); }
Tensor trunc(const Operand& x) { return apply_to(OpId::kTrunc, x); }
Tensor square(const Operand& x) { return x * x; }

Tensor where(const Operand& condition, const Operand& a, const Operand& b) {
  const Tensor first = beside(a, b), second = beside(b, a);
  const DType type = promote(first.dtype(), second.dtype());
  const Source at = condition.source();
  return apply_one(OpId::kWhere, {condition.tensor(), first.to(type, at), second.to(type, at)}, at);
}

Tensor clamp(const Operand& x, const Operand& low, const Operand& high) {
  const SourceScope scope(x.source());
  const Tensor raised = where(x < low, low, x);
  return where(raised > high, high, raised);
}

Tensor Tensor::to(DType type, Source at) const {
  return dtype() == type ? *this : apply_one(OpId::kCast, {*this}, {{Key::kDType, type}}, at);
}

Tensor& Tensor::operator+=(const Operand& other) { return apply_in_place(*this, OpId::kAdd, other); }
Tensor& Tensor::operator-=(const Operand& other) { return apply_in_place(*this, OpId::kSub, other); }
Tensor& Tensor::operator*=(const Operand& other) { return apply_in_place(*this, OpId::kMul, other); }
Tensor& Tensor::operator/=(const Operand& other) { return apply_in_place(*this, OpId::kDiv, other); }

}  // namespace argent::tensor
