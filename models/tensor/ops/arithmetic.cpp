// Sums, products and their like, the choice between two, and conversion.

#include <cmath>
#include <limits>
#include <numbers>

#include "models/kernels/element_loops.h"
#include "models/tensor/apply.h"
#include "models/tensor/autograd.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/fast_elements.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/ops/two_operands.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

/// Integers wrap around: computed without sign, where C++ defines it.
template <class T>
constexpr bool kWraps = std::is_integral_v<T> && !std::is_same_v<T, bool>;

template <class T>
T wrapping(std::uint64_t value) {
  return static_cast<T>(value);
}
template <class T>
T plus(T a, T b) {
  if constexpr (kWraps<T>)
    return wrapping<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  else
    return static_cast<T>(a + b);
}
template <class T>
T minus(T a, T b) {
  if constexpr (kWraps<T>)
    return wrapping<T>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
  else
    return static_cast<T>(a - b);
}
template <class T>
T times(T a, T b) {
  if constexpr (kWraps<T>)
    return wrapping<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  else if constexpr (std::is_same_v<T, bool>)
    return a && b;
  else
    return a * b;
}

template <class T>
T checked_divisor(T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == 0) throw Error("division of an integer by zero");
  }
  return b;
}
/// Of the lowest integer by -1, which has no result in its type, the lowest again.
template <class T>
T quotient(T a, T b) {
  if constexpr (std::is_signed_v<T>) {
    if (b == -1) return minus(T{0}, a);
  }
  return static_cast<T>(a / checked_divisor(b));
}
template <class T>
T truncated_remainder(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return std::fmod(a, b);
  else if constexpr (std::is_signed_v<T>)
    return b == -1 ? T{0} : static_cast<T>(a % checked_divisor(b));
  else
    return static_cast<T>(a % checked_divisor(b));
}
template <class T>
T floored_remainder(T a, T b) {
  const T rest = truncated_remainder(a, b);
  if constexpr (std::is_unsigned_v<T>)
    return rest;
  else
    return rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(rest + b) : rest;
}
template <class T>
T floored_quotient(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (b == 0) return a / b;
    // Not floor(a / b): the division may round up to the next whole number.
    T whole = (a - std::fmod(a, b)) / b;
    if (std::fmod(a, b) != 0 && (b < 0) != (std::fmod(a, b) < 0)) whole -= 1;
    if (whole == 0) return std::copysign(T{0}, a / b);
    const T floored = std::floor(whole);
    return whole - floored > T(0.5) ? floored + 1 : floored;
  } else {
    const T whole = quotient(a, b);
    if constexpr (std::is_signed_v<T>)
      return truncated_remainder(a, b) != 0 && (a < 0) != (b < 0) ? static_cast<T>(whole - 1) : whole;
    else
      return whole;
  }
}
template <class T>
T power(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::pow(a, b);
  } else {
    if constexpr (std::is_signed_v<T>) {
      if (b < 0) return a == 1 ? T{1} : a == -1 ? static_cast<T>(b % 2 == 0 ? 1 : -1) : T{0};
    }
    T result = 1;
    for (auto rest = static_cast<std::make_unsigned_t<T>>(b); rest != 0; rest = static_cast<std::make_unsigned_t<T>>(rest >> 1)) {
      if ((rest & 1U) != 0) result = times(result, a);
      a = times(a, a);
    }
    return result;
  }
}
/// NaN of either wins.
template <class T>
T larger(T a, T b) {
  return a > b || a != a ? a : b;
}
template <class T>
T smaller(T a, T b) {
  return a < b || a != a ? a : b;
}

template <class T>
T sign_of(T x) {
  if constexpr (std::is_same_v<T, bool>)
    return x;
  else
    return static_cast<T>(x > 0 ? 1 : x < 0 ? -1 : x);
}

using G = GradientCall;
constexpr Saved kIn = Saved::kFirstInput, kBothInputs = Saved::kInputs, kNone = Saved::kNothing;

template <auto kFunction, Domain kDomain>
constexpr Op binary(OpId id, std::string_view name, std::string_view onnx, Saved saved, void (*gradient)(G&), void (*samples)(SampleList&),
                    TypeRule types = TypeRule::kPromote) {
  return {.id = id,
          .name = name,
          .types = types,
          .infer = infer_binary,
          .reference = binary_loop<kDomain, kFunction>,
          .fast = fast_elements(id),
          .gradient = gradient,
          .saved = saved,
          .onnx = onnx,
          .samples = samples};
}

template <auto kFunction, Domain kDomain>
constexpr Op unary(OpId id, std::string_view name, std::string_view onnx, Saved saved, void (*gradient)(G&), void (*samples)(SampleList&)) {
  return {.id = id,
          .name = name,
          .infer = infer_unary,
          .reference = unary_loop<kDomain, kFunction>,
          .fast = fast_elements(id),
          .gradient = gradient,
          .saved = saved,
          .onnx = onnx,
          .samples = samples};
}

/// Steps: constant between the jumps.
void no_slope(G& c) { c.set(0, zeros(c.input_shape(), c.input_dtype())); }

/// Of maximum and minimum: to the one that won, half to each where they are equal.
void gradient_of_extreme(G& c, const Tensor& first_won) {
  const Tensor a = c.input(0), b = c.input(1);
  const Tensor share = where(equal(a, b), full({}, 0.5, c.input_dtype()), first_won.to(c.input_dtype()));
  c.set(0, c.gradient() * share);
  c.set(1, c.gradient() * (1 - share));
}

void power_gradient(G& c) {
  const Tensor a = c.input(0), b = c.input(1);
  if (c.wants(0)) c.set(0, c.gradient() * where(equal(b, 0), full({}, 0, a.dtype()), b * pow(a, b - 1)));
  if (c.wants(1)) {
    const Tensor flat = logical_and(equal(a, 0), b >= 0);
    c.set(1, c.gradient() * where(flat, full({}, 0, a.dtype()), pow(a, b) * log(where(flat, full({}, 1, a.dtype()), a))));
  }
}

void where_samples(SampleList& list) {
  const Tensor condition = list.numbers({3, 4}, 0, 2, DType::kBool);
  list.add({condition, list.numbers({3, 4}), list.numbers({3, 4})});
  list.add({condition.transpose(0, 1), list.numbers({}), list.numbers({3})});
  list.add({list.numbers({0, 1}, 0, 2, DType::kBool), list.numbers({1, 2}), list.numbers({0, 2})});
}

void choose(const Call& call, std::span<Tensor> outputs) {
  with_type(call.input(1).dtype(), [&]<class T>() {
    for_each_run(strided_bytes(outputs[0], call.input(0), call.input(1), call.input(2)), [](const auto& data, const auto& step,
                                                                                            std::int64_t n) {
      for (std::int64_t i = 0; i < n; i++) {
        const bool first = *reinterpret_cast<const bool*>(data[1] + i * step[1]);
        *reinterpret_cast<T*>(data[0] + i * step[0]) = *reinterpret_cast<const T*>(first ? data[2] + i * step[2] : data[3] + i * step[3]);
      }
    });
  });
}

/// Conversion to an integer of what it can't hold: C++ leaves it open, so the nearest bound is taken, and 0 for NaN.
template <class To, class From>
To converted(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return value != 0;
  } else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
    if (value != value) return 0;
    constexpr auto kLow = static_cast<From>(std::numeric_limits<To>::min());
    constexpr auto kHigh = static_cast<From>(std::numeric_limits<To>::max());
    if (value <= kLow) return std::numeric_limits<To>::min();
    if (value >= kHigh) return std::numeric_limits<To>::max();
    return static_cast<To>(value);
  } else if constexpr (std::is_same_v<To, Half> || std::is_same_v<To, BFloat16>) {
    if constexpr (std::is_same_v<From, double>) {
      // Rounded once: to float by truncation with the lost digits remembered in the last one, then to the short type.
      float cut = static_cast<float>(value);
      if (static_cast<double>(cut) != value && std::isfinite(cut)) {
        const auto bits = std::bit_cast<std::uint32_t>(cut);
        if (std::abs(static_cast<double>(cut)) > std::abs(value)) cut = std::bit_cast<float>(bits - 1);
        cut = std::bit_cast<float>(std::bit_cast<std::uint32_t>(cut) | 1U);
      }
      return To(cut);
    } else {
      return To(static_cast<float>(value));
    }
  } else {
    return static_cast<To>(value);
  }
}

void convert(const Call& call, std::span<Tensor> outputs) {
  with_type(outputs[0].dtype(), [&]<class To>() {
    with_type(call.input().dtype(), [&]<class From>() {
      for_each_run(strided_bytes(outputs[0], call.input()), [](const auto& data, const auto& step, std::int64_t n) {
        for (std::int64_t i = 0; i < n; i++)
          *reinterpret_cast<To*>(data[0] + i * step[0]) = converted<To>(load<From>(data[1] + i * step[1]));
      });
    });
  });
}

const Op kRows[] = {
    binary<[](auto a, auto b) { return plus(a, b); }, Domain::kAny>(
        OpId::kAdd, "add", "Add", kNone, [](G& c) { c.set(0, c.gradient()), c.set(1, c.gradient()); }, binary_samples<>),
    binary<[](auto a, auto b) { return minus(a, b); }, Domain::kNumbers>(
        OpId::kSub, "sub", "Sub", kNone,
        [](G& c) {
          c.set(0, c.gradient());
          if (c.wants(1)) c.set(1, -c.gradient());
        },
        binary_samples<>),
    binary<[](auto a, auto b) { return times(a, b); }, Domain::kAny>(
        OpId::kMul, "mul", "Mul", kBothInputs,
        [](G& c) {
          if (c.wants(0)) c.set(0, c.gradient() * c.input(1));
          if (c.wants(1)) c.set(1, c.gradient() * c.input(0));
        },
        binary_samples<>),
    binary<[](auto a, auto b) { return a / b; }, Domain::kFloating>(
        OpId::kDiv, "div", "Div", kBothInputs,
        [](G& c) {
          const Tensor part = c.gradient() / c.input(1);
          c.set(0, part);
          if (c.wants(1)) c.set(1, -part * (c.input(0) / c.input(1)));
        },
        binary_samples<-30, 30, 5, 30>, TypeRule::kFloating),
    binary<[](auto a, auto b) { return power(a, b); }, Domain::kNumbers>(OpId::kPow, "pow", "Pow", kBothInputs, power_gradient,
                                                                         binary_samples<3, 20, -20, 20>),
    binary<[](auto a, auto b) { return std::atan2(a, b); }, Domain::kFloating>(
        OpId::kAtan2, "atan2", "", kBothInputs,
        [](G& c) {
          const Tensor y = c.input(0), x = c.input(1), part = c.gradient() / (square(x) + square(y));
          c.set(0, part * x);
          c.set(1, -part * y);
        },
        binary_samples<2, 30>, TypeRule::kFloating),
    binary<[](auto a, auto b) { return larger(a, b); }, Domain::kAny>(
        OpId::kMaximum, "maximum", "Max", kBothInputs, [](G& c) { gradient_of_extreme(c, c.input(0) > c.input(1)); }, binary_samples<>),
    binary<[](auto a, auto b) { return smaller(a, b); }, Domain::kAny>(
        OpId::kMinimum, "minimum", "Min", kBothInputs, [](G& c) { gradient_of_extreme(c, c.input(0) < c.input(1)); }, binary_samples<>),
    binary<[](auto a, auto b) { return floored_remainder(a, b); }, Domain::kNumbers>(
        OpId::kRemainder, "remainder", "", kBothInputs,
        [](G& c) {
          c.set(0, c.gradient());
          if (c.wants(1)) c.set(1, -c.gradient() * floor_divide(c.input(0), c.input(1)));
        },
        binary_samples<-30, 30, 6, 9>),
    binary<[](auto a, auto b) { return truncated_remainder(a, b); }, Domain::kNumbers>(
        OpId::kFmod, "fmod", "Mod", kBothInputs,
        [](G& c) {
          c.set(0, c.gradient());
          if (c.wants(1)) c.set(1, -c.gradient() * trunc(c.input(0) / c.input(1)));
        },
        binary_samples<-30, 30, 6, 9>),
    binary<[](auto a, auto b) { return floored_quotient(a, b); }, Domain::kNumbers>(OpId::kFloorDivide, "floor_divide", "", kNone, no_slope,
                                                                                    binary_samples<-90, 90, 10, 30>),
    unary<[](auto x) { return minus(decltype(x){0}, x); }, Domain::kNumbers>(
        OpId::kNeg, "neg", "Neg", kNone, [](G& c) { c.set(0, -c.gradient()); }, unary_samples<>),
    unary<[](auto x) { return x < 0    ? minus(decltype(x){0}, x)
                              : x == 0 ? decltype(x){0}
                                       : x; }, Domain::kNumbers>(
        OpId::kAbs, "abs", "Abs", kIn, [](G& c) { c.set(0, c.gradient() * sign(c.input())); }, unary_samples<>),
    unary<[](auto x) { return sign_of(x); }, Domain::kAny>(OpId::kSign, "sign", "Sign", kNone, no_slope, unary_samples<>),
    unary<[](auto x) { return (x > 0) || x != x ? x : decltype(x){0}; }, Domain::kNumbers>(
        OpId::kRelu, "relu", "Relu", Saved::kOutputs,
        [](G& c) { c.set(0, where((c.output() > 0), c.gradient(), full({}, 0, c.input_dtype()))); }, unary_samples<>),
    unary<[](auto x) { return static_cast<decltype(x)>(std::floor(x)); }, Domain::kNumbers>(OpId::kFloor, "floor", "Floor", kNone, no_slope,
                                                                                            unary_samples<>),
    unary<[](auto x) { return static_cast<decltype(x)>(std::ceil(x)); }, Domain::kNumbers>(OpId::kCeil, "ceil", "Ceil", kNone, no_slope,
                                                                                           unary_samples<>),
    unary<[](auto x) { return static_cast<decltype(x)>(std::nearbyint(x)); }, Domain::kNumbers>(OpId::kRound, "round", "Round", kNone,
                                                                                                no_slope, unary_samples<>),
    unary<[](auto x) { return static_cast<decltype(x)>(std::trunc(x)); }, Domain::kNumbers>(OpId::kTrunc, "trunc", "", kNone, no_slope,
                                                                                            unary_samples<>),
    {.id = OpId::kWhere,
     .name = "where",
     .infer =
         [](const Call& call, OutputSpecs& outputs) {
           if (call.input(0).dtype() != DType::kBool)
             throw Error("a condition of type " + std::string(name_of(call.input(0).dtype())) + ", expected bool");
           if (call.input(1).dtype() != call.input(2).dtype()) throw Error("a choice between two types");
           const Dims shape = broadcast(call.input(0).shape(), broadcast(call.input(1).shape(), call.input(2).shape()));
           outputs.add(shape, call.input(1).dtype(), pointwise_strides(shape, call.inputs));
         },
     .reference = choose,
     .fast = fast_where,
     .gradient =
         [](G& c) {
           const Tensor zero = full({}, 0, c.input_dtype(1));
           if (c.wants(1)) c.set(1, where(c.input(0), c.gradient(), zero));
           if (c.wants(2)) c.set(2, where(c.input(0), zero, c.gradient()));
         },
     .saved = kIn,
     .onnx = "Where",
     .samples = where_samples},
    {.id = OpId::kCast,
     .name = "cast",
     .infer =
         [](const Call& call, OutputSpecs& outputs) {
           outputs.add(call.input().shape(), call.attributes.dtype(Key::kDType), pointwise_strides(call.input().shape(), call.inputs));
         },
     .reference = convert,
     .fast = fast_cast,
     .gradient = [](G& c) { c.set(0, c.gradient().to(c.input_dtype())); },
     .onnx = "Cast",
     .samples =
         [](SampleList& list) {
           for (int type = 0; type < kDTypes; type++) list.add({list.numbers({3, 4}, 0, 100)}, {{Key::kDType, static_cast<DType>(type)}});
         }},
};

Tensor call(OpId id, const Operand& x) { return apply_one(id, {x.tensor()}, x.source()); }

}  // namespace

std::span<const Op> arithmetic_ops() { return kRows; }

Tensor operator+(const Operand& a, const Operand& b) { return apply_two(OpId::kAdd, a, b); }
Tensor operator-(const Operand& a, const Operand& b) { return apply_two(OpId::kSub, a, b); }
Tensor operator*(const Operand& a, const Operand& b) { return apply_two(OpId::kMul, a, b); }
Tensor operator/(const Operand& a, const Operand& b) { return apply_two(OpId::kDiv, a, b); }
Tensor operator-(const Operand& x) { return call(OpId::kNeg, x); }
Tensor pow(const Operand& a, const Operand& b) { return apply_two(OpId::kPow, a, b); }
Tensor atan2(const Operand& y, const Operand& x) { return apply_two(OpId::kAtan2, y, x); }
Tensor maximum(const Operand& a, const Operand& b) { return apply_two(OpId::kMaximum, a, b); }
Tensor minimum(const Operand& a, const Operand& b) { return apply_two(OpId::kMinimum, a, b); }
Tensor remainder(const Operand& a, const Operand& b) { return apply_two(OpId::kRemainder, a, b); }
Tensor fmod(const Operand& a, const Operand& b) { return apply_two(OpId::kFmod, a, b); }
Tensor floor_divide(const Operand& a, const Operand& b) { return apply_two(OpId::kFloorDivide, a, b); }
Tensor abs(const Operand& x) { return call(OpId::kAbs, x); }
Tensor sign(const Operand& x) { return call(OpId::kSign, x); }
Tensor relu(const Operand& x) { return call(OpId::kRelu, x); }
Tensor floor(const Operand& x) { return call(OpId::kFloor, x); }
Tensor ceil(const Operand& x) { return call(OpId::kCeil, x); }
Tensor round(const Operand& x) { return call(OpId::kRound, x); }
Tensor trunc(const Operand& x) { return call(OpId::kTrunc, x); }
Tensor square(const Operand& x) { return x * x; }

Tensor where(const Operand& condition, const Operand& a, const Operand& b) {
  Tensor first = a.is_number() && !b.is_number() ? a.beside((*b).dtype()) : a.tensor();
  Tensor second = b.is_number() && !a.is_number() ? b.beside((*a).dtype()) : b.tensor();
  const DType type = promote(first.dtype(), second.dtype());
  return apply_one(OpId::kWhere, {condition.tensor(), first.to(type, condition.source()), second.to(type, condition.source())},
                   condition.source());
}

Tensor clamp(const Operand& x, const Operand& low, const Operand& high) {
  const SourceScope scope(x.source());
  const Tensor raised = where(x < low, low, x);
  return where(raised > high, high, raised);
}

Tensor Tensor::to(DType type, Source at) const {
  return dtype() == type ? *this : apply_one(OpId::kCast, {*this}, {{Key::kDType, type}}, at);
}

namespace {

/// a = a <op> b, said from where b was given. What the gradient of b needs of a is kept from being written.
Tensor& apply_in_place(Tensor& a, OpId id, const Operand& b) {
  const auto [file, line] = b.source();
  const bool keeps = op(id).saved != kNone && gradients_enabled() && !b.is_number() && (*b).requires_grad();
  const Tensor before = keeps ? a.clone(b.source()) : a;
  const Tensor value = apply_two(id, Operand(before, file, line), b);
  return a.assign(Operand(value, file, line));
}

}  // namespace

Tensor& Tensor::operator+=(const Operand& other) { return apply_in_place(*this, OpId::kAdd, other); }
Tensor& Tensor::operator-=(const Operand& other) { return apply_in_place(*this, OpId::kSub, other); }
Tensor& Tensor::operator*=(const Operand& other) { return apply_in_place(*this, OpId::kMul, other); }
Tensor& Tensor::operator/=(const Operand& other) { return apply_in_place(*this, OpId::kDiv, other); }

}  // namespace argent::tensor
