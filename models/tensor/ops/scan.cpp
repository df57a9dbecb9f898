// Running sums and products.

#include "models/tensor/ops/scan.h"

#include <cmath>
#include <limits>

#include "models/kernels/element_loops.h"
#include "models/kernels/lines.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/composite.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

enum Extreme : std::int64_t { kLargest, kSmallest };

bool reversed(const Attributes& attributes) { return attributes.integer(Key::kReverse) != 0; }
Attributes along(std::int64_t axis, Direction direction) {
  return {{Key::kAxis, axis}, {Key::kReverse, std::int64_t{direction == Direction::kBackward}}};
}

void infer_scan(const Call& call, OutputSpecs& outputs) {
  const DType type = call.input().dtype();
  outputs.add(call.input().shape(), is_floating(type) ? type : DType::kI64);
}

/// The running value is f64, or an integer that wraps around; each result is rounded once.
template <class V>
using Carry = std::conditional_t<std::is_floating_point_v<V>, double, std::uint64_t>;

template <auto kStep, int kFirst, Domain kDomain = Domain::kAny>
void scan_kernel(const Call& call, std::span<Tensor> outputs) {
  with_type_of<kDomain>(call.input().dtype(), [&]<class T>() {
    using C = Carry<Computed<T>>;
    using Out = std::conditional_t<is_floating(dtype_of<T>()), T, std::int64_t>;
    const int axis = axis_of(call.attributes);
    const std::int64_t n = call.input().shape()[axis];
    const bool backward = call.attributes.has(Key::kReverse) && reversed(call.attributes);
    for_each_line(call.input().shape(), axis, Lines<2>{call.input(), outputs[0]}, [&](const auto& data, const auto& step) {
      C carry = kFirst;
      if constexpr (kFirst < 0) carry = -std::numeric_limits<C>::infinity();
      for (std::int64_t k = 0; k < n; k++) {
        const std::int64_t i = backward ? n - 1 - k : k;
        carry = kStep(carry, static_cast<C>(load<T>(data[0] + i * step[0])));
        store<Out>(data[1] + i * step[1], carry);
      }
    });
  });
}

/// log(exp(a) + exp(b))
double log_of_sum(double a, double b) {
  const double top = a > b || a != a ? a : b;
  if (std::isinf(top)) return top;
  return top + std::log1p(std::exp(-std::abs(a - b)));
}

void recurrence_kernel(const Call& call, std::span<Tensor> outputs) {
  with_type_of<Domain::kFloating>(call.input().dtype(), [&]<class T>() {
    const int axis = axis_of(call.attributes);
    const std::int64_t n = call.input().shape()[axis];
    const bool backward = reversed(call.attributes);
    for_each_line(call.input().shape(), axis, Lines<3>{call.input(0), call.input(1), outputs[0]}, [&](const auto& data, const auto& step) {
      double carry = 0;
      for (std::int64_t k = 0; k < n; k++) {
        const std::int64_t i = backward ? n - 1 - k : k;
        const double kept = k == 0 ? 0 : static_cast<double>(load<T>(data[0] + i * step[0])) * carry;
        carry = kept + static_cast<double>(load<T>(data[1] + i * step[1]));
        store<T>(data[2] + i * step[2], carry);
      }
    });
  });
}

void extreme_kernel(const Call& call, std::span<Tensor> outputs) {
  with_type(call.input().dtype(), [&]<class T>() {
    const int axis = axis_of(call.attributes);
    const std::int64_t n = call.input().shape()[axis];
    const bool largest = call.attributes.integer(Key::kMode) == kLargest;
    for_each_line(call.input().shape(), axis, Lines<2>{call.input(), outputs[0]}, [&](const auto& data, const auto& step) {
      Computed<T> best{};
      std::int64_t index = -1;
      for (std::int64_t i = 0; i < n; i++) {
        const Computed<T> value = load<T>(data[0] + i * step[0]);
        const bool better = largest ? value >= best : value <= best;
        if (index < 0 || value != value || better) best = value, index = i;
        *reinterpret_cast<std::int64_t*>(data[1] + i * step[1]) = index;
      }
    });
  });
}

/// Moved by one along `axis`, away from the end where `direction` begins; 0 enters there.
Tensor moved(const Tensor& x, int axis, Direction direction, double enters = 0) {
  Dims before = Dims::filled(x.rank(), 0), after = before;
  const int by = direction == Direction::kForward ? 1 : -1;
  before[axis] = by, after[axis] = -by;
  return pad(x, before, after, enters);
}

Direction opposite(Direction direction) { return direction == Direction::kForward ? Direction::kBackward : Direction::kForward; }

/// r: how much the sum of gradients changes with each y; then b[i] has r[i], and a[i] has r[i] y[i - 1].
void recurrence_gradient(G& c) {
  const int axis = axis_of(c.attributes());
  const Direction direction = reversed(c.attributes()) ? Direction::kBackward : Direction::kForward, back = opposite(direction);
  const Tensor r = linear_scan(moved(c.input(0), axis, back), c.gradient(), axis, back);
  if (c.wants(0)) c.set(0, r * moved(c.output(), axis, direction));
  c.set(1, r);
}

/// y[k] holds x[i] once for each k >= i: the product of those before i, times g[i] + x[i+1] (g[i+1] + x[i+2] ( ...
void cumprod_gradient(G& c) {
  const int axis = axis_of(c.attributes());
  const Tensor behind = linear_scan(moved(c.input(), axis, Direction::kBackward), c.gradient(), axis, Direction::kBackward);
  c.set(0, moved(c.output(), axis, Direction::kForward, 1) * behind);
}

/// The sum over k >= i of g[k] exp(x[i] - y[k]), as exp(x[i] - y[i]) times a recurrence whose factors exp(y[i] - y[i+1]) are at most 1.
void logcumsumexp_gradient(G& c) {
  const int axis = axis_of(c.attributes());
  const Tensor x = c.input(), y = c.output();
  const std::int64_t n = y.shape()[axis];
  constexpr double kNothing = -std::numeric_limits<double>::infinity();
  const Tensor zero = full({}, 0, y.dtype()), next = y.slice(axis, 1, n);
  const Tensor factors = where(equal(next, kNothing), zero, exp(y.slice(axis, 0, std::max<std::int64_t>(0, n - 1)) - next));
  Dims before = Dims::filled(y.rank(), 0), after = before;
  after[axis] = std::min<std::int64_t>(1, n);
  const Tensor behind = linear_scan(pad(factors, before, after), c.gradient(), axis, Direction::kBackward);
  c.set(0, where(equal(x, kNothing), zero, exp(x - y)) * behind);
}

template <int kInputs>
void scan_samples(SampleList& list) {
  const auto alike = [&](const Dims& shape) {
    std::vector<Tensor> inputs(kInputs);
    for (Tensor& input : inputs) input = list.numbers(shape);
    return inputs;
  };
  for (const Direction direction : {Direction::kForward, Direction::kBackward}) {
    list.add(alike({3, 4}), along(1, direction));
    list.add(alike({2, 0}), along(1, direction));
    list.add(alike({1}), along(0, direction));
    std::vector<Tensor> moved = alike({3, 4, 2});
    for (Tensor& input : moved) input = SampleList::strided(input.permute({2, 0, 1}));
    list.add(std::move(moved), along(1, direction));
  }
}
/// With zeros, one and two in a line.
void cumprod_samples(SampleList& list) {
  list.add({list.numbers({3, 4})}, {{Key::kAxis, 0}});
  list.add({list.numbers({3, 4}) * from_values(std::vector<double>{1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1}, {3, 4})}, {{Key::kAxis, 1}});
  list.add({SampleList::strided(list.numbers({2, 3, 2}))}, {{Key::kAxis, 1}});
  list.add({list.numbers({0, 3})}, {{Key::kAxis, 0}});
}
void plain_samples(SampleList& list) {
  list.add({list.numbers({3, 4}, -3, 3)}, {{Key::kAxis, 0}});
  list.add({SampleList::strided(list.numbers({2, 3, 4}, -3, 3))}, {{Key::kAxis, 1}});
  list.add({list.numbers({3, 0})}, {{Key::kAxis, 1}});
  list.add({list.numbers({1, 1})}, {{Key::kAxis, 1}});
}

const Op kRows[] = {
    {.id = OpId::kCumsum,
     .name = "cumsum",
     .infer = infer_scan,
     .reference = scan_kernel<[](auto carry, auto x) { return carry + x; }, 0>,
     .gradient =
         [](G& c) {
           c.set(0, cumsum(c.gradient(), axis_of(c.attributes()), reversed(c.attributes()) ? Direction::kForward : Direction::kBackward));
         },
     .autocast = Autocast::kF32,
     .onnx = "CumSum",
     .samples = scan_samples<1>},
    {.id = OpId::kCumprod,
     .name = "cumprod",
     .infer = infer_scan,
     .reference = scan_kernel<[](auto carry, auto x) { return carry * x; }, 1>,
     .gradient = cumprod_gradient,
     .saved = Saved::kBoth,
     .autocast = Autocast::kF32,
     .samples = cumprod_samples},
    {.id = OpId::kLogcumsumexp,
     .name = "logcumsumexp",
     .types = TypeRule::kFloating,
     .infer = infer_scan,
     .reference = scan_kernel<log_of_sum, -1, Domain::kFloating>,
     .gradient = logcumsumexp_gradient,
     .saved = Saved::kBoth,
     .autocast = Autocast::kF32,
     .samples = plain_samples},
    {.id = OpId::kLinearScan,
     .name = "linear_scan",
     .types = TypeRule::kFloating,
     .infer =
         [](const Call& call, OutputSpecs& outputs) {
           if (!(call.input(0).shape() == call.input(1).shape()))
             throw Error("factors of shape " + to_text(call.input(0).shape()) + " and numbers of " + to_text(call.input(1).shape()));
           infer_scan(call, outputs);
         },
     .reference = recurrence_kernel,
     .gradient = recurrence_gradient,
     .saved = Saved::kBoth,
     .autocast = Autocast::kF32,
     .samples = scan_samples<2>},
    {.id = OpId::kCumExtreme,
     .name = "cum_extreme",
     .infer = [](const Call& call, OutputSpecs& outputs) { outputs.add(call.input().shape(), DType::kI64); },
     .reference = extreme_kernel,
     .samples =
         [](SampleList& list) {
           for (const std::int64_t mode : {kLargest, kSmallest})
             list.add({list.numbers({2, 7, 2}, 0, 5)}, {{Key::kAxis, 1}, {Key::kMode, mode}});
         }},
};

ValuesAndIndices running_extreme(std::string_view name, const Operand& x, int axis, Extreme extreme) {
  ValuesAndIndices result;
  result.indices = on_axis(name, x, axis, [&](const Tensor& lines, std::int64_t along) {
    return apply_one(OpId::kCumExtreme, {lines}, {{Key::kAxis, along}, {Key::kMode, std::int64_t{extreme}}}, x.source());
  });
  result.values = on_axis(name, x, axis, [&](const Tensor& lines, std::int64_t along) {
    return gather(lines, static_cast<int>(along), result.indices.reshape(lines.shape()));
  });
  return result;
}

}  // namespace

std::span<const Op> scan_ops() { return kRows; }

Tensor cumsum(const Operand& x, int axis, Direction direction) {
  return on_axis("cumsum", x, axis, [&](const Tensor& lines, std::int64_t one) {
    return apply_one(OpId::kCumsum, {lines}, along(one, direction), x.source());
  });
}

Tensor cumprod(const Operand& x, int axis) {
  return on_axis("cumprod", x, axis, [&](const Tensor& lines, std::int64_t one) {
    return apply_one(OpId::kCumprod, {lines}, {{Key::kAxis, one}}, x.source());
  });
}

Tensor logcumsumexp(const Operand& x, int axis) {
  return on_axis("logcumsumexp", x, axis, [&](const Tensor& lines, std::int64_t one) {
    return apply_one(OpId::kLogcumsumexp, {lines}, {{Key::kAxis, one}}, x.source());
  });
}

Tensor linear_scan(const Operand& a, const Operand& b, int axis, Direction direction) {
  return composite("linear_scan", a.source(), [&] {
    const Tensor factors = a.is_number() && !b.is_number() ? a.beside((*b).dtype()) : a.tensor();
    const Tensor added = b.is_number() && !a.is_number() ? b.beside((*a).dtype()) : b.tensor();
    const Dims shape = broadcast(factors.shape(), added.shape());
    const std::int64_t one = checked_axis(axis, shape.size());
    return apply_one(OpId::kLinearScan, {factors.expand(shape), added.expand(shape)}, along(one, direction), a.source());
  });
}

ValuesAndIndices cummax(const Operand& x, int axis) { return running_extreme("cummax", x, axis, kLargest); }
ValuesAndIndices cummin(const Operand& x, int axis) { return running_extreme("cummin", x, axis, kSmallest); }

}  // namespace argent::tensor
