// Running sums and products.

#include "models/tensor/ops/scan.h"

#include <cmath>

#include "models/kernels/scan.h"
#include "models/tensor/ops/rows.h"

namespace argent::tensor {
namespace {

using G = GradientCall;
using kernels::Scan;

enum Extreme : std::int64_t { kLargest, kSmallest };

/// Without the attribute: forward.
Direction direction_of(const Attributes& attributes) {
  return attributes.has(Key::kReverse) && attributes.integer(Key::kReverse) != 0 ? Direction::kBackward : Direction::kForward;
}
Direction opposite(Direction direction) { return direction == Direction::kForward ? Direction::kBackward : Direction::kForward; }
Attributes along(std::int64_t axis, Direction direction) {
  return {{Key::kAxis, axis}, {Key::kReverse, std::int64_t{direction == Direction::kBackward}}};
}

void infer_scan(const Call& call, OutputSpecs& outputs) {
  const DType type = call.input().dtype();
  outputs.add(call.input().shape(), is_floating(type) ? type : DType::kI64);
}
void infer_linear_scan(const Call& call, OutputSpecs& outputs) {
  const Dims &factors = call.input(0).shape(), &added = call.input(1).shape();
  if (!(factors == added)) throw Error("factors of shape ", factors, " and numbers of ", added);
  infer_scan(call, outputs);
}

void infer_extreme(const Call& call, OutputSpecs& outputs) { outputs.add(call.input().shape(), DType::kI64); }

bool is_backward(const Call& call) { return direction_of(call.attributes) == Direction::kBackward; }

template <Scan kKind>
void scan_by(const Call& call, std::span<Tensor> out) {
  kernels::scan(kKind, out[0], call.input(), axis_of(call.attributes), is_backward(call));
}
void scan_linearly(const Call& call, std::span<Tensor> out) {
  kernels::linear_scan(out[0], call.input(0), call.input(1), axis_of(call.attributes), is_backward(call));
}
void find_extremes(const Call& call, std::span<Tensor> out) {
  kernels::running_extreme(out[0], call.input(), axis_of(call.attributes), call.attributes.integer(Key::kMode) == kLargest);
}

/// Moved by one along `axis`, away from the end where `direction` begins; 0 enters there.
Tensor moved(const Tensor& x, int axis, Direction direction, double enters = 0) {
  Dims before = Dims::filled(x.rank(), 0), after = before;
  const int by = direction == Direction::kForward ? 1 : -1;
  before[axis] = by, after[axis] = -by;
  return pad(x, before, after, enters);
}

void cumsum_gradient(G& c) { c.set(0, cumsum(c.gradient(), axis_of(c.attributes()), opposite(direction_of(c.attributes())))); }

/// r: how much the sum of gradients changes with each y; then b[i] has r[i], and a[i] has r[i] y[i - 1].
void linear_scan_gradient(G& c) {
  const int axis = axis_of(c.attributes());
  const Direction direction = direction_of(c.attributes()), back = opposite(direction);
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
  const Tensor next = y.slice(axis, 1, n);
  const Tensor factors = where(equal(next, -INFINITY), 0, exp(y.slice(axis, 0, std::max<std::int64_t>(0, n - 1)) - next));
  Dims before = Dims::filled(y.rank(), 0), after = before;
  after[axis] = std::min<std::int64_t>(1, n);
  const Tensor behind = linear_scan(pad(factors, before, after), c.gradient(), axis, Direction::kBackward);
  c.set(0, where(equal(x, -INFINITY), 0, exp(x - y)) * behind);
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

void extreme_samples(SampleList& list) {
  for (const std::int64_t mode : {kLargest, kSmallest}) list.add({list.numbers({2, 7, 2}, 0, 5)}, {{Key::kAxis, 1}, {Key::kMode, mode}});
}

const Op kRows[] = {
    row(OpId::kCumsum, "cumsum", "CumSum", TypeRule::kOwn, infer_scan, scan_by<Scan::kSum>, cumsum_gradient, Saved::kNothing,
        scan_samples<1>)
        .in(Autocast::kF32),
    row(OpId::kCumprod, "cumprod", "", TypeRule::kOwn, infer_scan, scan_by<Scan::kProduct>, cumprod_gradient, Saved::kBoth, cumprod_samples)
        .in(Autocast::kF32),
    row(OpId::kLogcumsumexp, "logcumsumexp", "", TypeRule::kFloating, infer_scan, scan_by<Scan::kLogSumExp>, logcumsumexp_gradient,
        Saved::kBoth, plain_samples)
        .in(Autocast::kF32),
    row(OpId::kLinearScan, "linear_scan", "", TypeRule::kFloating, infer_linear_scan, scan_linearly, linear_scan_gradient, Saved::kBoth,
        scan_samples<2>)
        .in(Autocast::kF32),
    row(OpId::kCumExtreme, "cum_extreme", "", TypeRule::kOwn, infer_extreme, find_extremes, nullptr, Saved::kNothing, extreme_samples),
};

/// `attributes` besides the axis.
Tensor scan(OpId id, std::string_view name, const Operand& x, int axis, const Attributes& attributes = {}) {
  return on_axis(name, x, axis, [&](const Tensor& lines, std::int64_t one) {
    return apply_one(id, {lines}, attributes.with(Key::kAxis, one), x.source());
  });
}

ValuesAndIndices running_extreme(std::string_view name, const Operand& x, int axis, Extreme extreme) {
  ValuesAndIndices result;
  result.indices = scan(OpId::kCumExtreme, name, x, axis, {{Key::kAxis, 0}, {Key::kMode, std::int64_t{extreme}}});
  result.values = on_axis(name, x, axis, [&](const Tensor& lines, std::int64_t along) {
    return gather(lines, static_cast<int>(along), result.indices.reshape(lines.shape()));
  });
  return result;
}

}  // namespace

std::span<const Op> scan_ops() { return kRows; }

Tensor cumsum(const Operand& x, int axis, Direction direction) { return scan(OpId::kCumsum, "cumsum", x, axis, along(0, direction)); }
Tensor cumprod(const Operand& x, int axis) { return scan(OpId::kCumprod, "cumprod", x, axis); }
Tensor logcumsumexp(const Operand& x, int axis) { return scan(OpId::kLogcumsumexp, "logcumsumexp", x, axis); }

Tensor linear_scan(const Operand& a, const Operand& b, int axis, Direction direction) {
  return composite("linear_scan", a.source(), [&] {
    const Tensor factors = beside(a, b), added = beside(b, a);
    const Dims shape = broadcast(factors.shape(), added.shape());
    const std::int64_t one = checked_axis(axis, shape.size());
    return apply_one(OpId::kLinearScan, {factors.expand(shape), added.expand(shape)}, along(one, direction), a.source());
  });
}

ValuesAndIndices cummax(const Operand& x, int axis) { return running_extreme("cummax", x, axis, kLargest); }
ValuesAndIndices cummin(const Operand& x, int axis) { return running_extreme("cummin", x, axis, kSmallest); }

}  // namespace argent::tensor
