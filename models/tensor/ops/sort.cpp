// Orders.

#include "models/tensor/ops/sort.h"

#include <cmath>

#include "models/kernels/sort.h"
#include "models/tensor/ops/rows.h"

namespace argent::tensor {
namespace {

void check_first(std::int64_t k, std::int64_t size) {
  if (k < 0 || k > size) throw Error("the first ", k, " of an axis of size ", size);
}

void infer_sort(const Call& call, OutputSpecs& outputs) {
  Dims shape = call.input().shape();
  std::int64_t& size = shape[axis_of(call.attributes)];
  const std::int64_t k = call.attributes.integer(Key::kCount);
  check_first(k, size);
  size = k;
  outputs.add(shape, call.input().dtype());
  outputs.add(shape, DType::kI64);
}

void sort_lines(const Call& call, std::span<Tensor> outputs) {
  const auto order = static_cast<kernels::Order>(call.attributes.integer(Key::kReverse));
  kernels::sort(outputs[0], outputs[1], call.input(), axis_of(call.attributes), order);
}

void sort_gradient(GradientCall& c) {
  const Tensor nothing = zeros(c.input_shape(), c.input_dtype());
  c.set(0, scatter_add(nothing, axis_of(c.attributes()), c.output(1), c.gradient()));
}

void infer_search(const Call& call, OutputSpecs& outputs) {
  const Dims &sorted = call.input(0).shape(), &values = call.input(1).shape();
  bool fits = sorted.size() == 1 || sorted.size() == values.size();
  for (int i = 0; fits && i + 1 < sorted.size(); i++) fits = sorted[i] == values[i];
  if (!fits) throw Error("numbers of shape ", sorted, " to search for values of ", values);
  outputs.add(values, DType::kI64);
}

void search_lines(const Call& call, std::span<Tensor> outputs) {
  kernels::search(outputs[0], call.input(0), call.input(1), static_cast<kernels::Insert>(call.attributes.integer(Key::kMode)));
}

/// Attributes of sort: reverse, an Order; of searchsorted: mode, an Insert.
Attributes ordered(std::int64_t axis, std::int64_t k, Order order) {
  return {{Key::kAxis, axis}, {Key::kCount, k}, {Key::kReverse, static_cast<std::int64_t>(order)}};
}

void sort_samples(SampleList& list) {
  list.add({list.shuffled({3, 5})}, ordered(1, 5, Order::kAscending));
  list.add({list.shuffled({4, 2, 3}).permute({2, 0, 1})}, ordered(1, 4, Order::kDescending));
  list.add({SampleList::strided(list.shuffled({2, 9}))}, ordered(1, 2, Order::kDescending));
  list.add({list.numbers({3, 0})}, ordered(0, 3, Order::kAscending));
  list.add({list.numbers({7, 2}, 0, 3, DType::kI32)}, ordered(0, 7, Order::kAscending));
}

void search_samples(SampleList& list) {
  for (const std::int64_t mode : {0, 1}) {
    list.add({arange(5, DType::kF64), list.numbers({3, 4}, -1, 6, DType::kI32)}, {{Key::kMode, mode}});
    list.add({arange(12, DType::kF64).view({3, 4}), list.numbers({3, 2}, -1, 13)}, {{Key::kMode, mode}});
  }
}

const Op kRows[] = {
    row(OpId::kSort, "sort", "TopK", TypeRule::kOwn, infer_sort, sort_lines, sort_gradient, Saved::kOutputs, sort_samples),
    row(OpId::kSearchSorted, "searchsorted", "", TypeRule::kPromote, infer_search, search_lines, nullptr, Saved::kNothing, search_samples),
};

/// `f(x, axis)`, where a single number is a line of one.
template <class F>
ValuesAndIndices on_lines(std::string_view name, const Operand& x, int axis, F&& f) {
  return composite(name, x.source(), [&]() -> ValuesAndIndices {
    const Tensor tensor = x.tensor();
    if (tensor.rank() > 0) return f(tensor, checked_axis(axis, tensor.rank()));
    const ValuesAndIndices line = f(tensor.view({1}), checked_axis(axis, 1));
    return {line.values.view({}), line.indices.view({})};
  });
}

ValuesAndIndices first_in_order(const Tensor& x, int axis, std::int64_t k, Order order) {
  Outputs outputs = apply(OpId::kSort, std::span(&x, 1), ordered(axis, k, order), {});
  return {outputs[0], outputs[1]};
}

/// Element `i` of an order, without its axis unless that is to stay.
ValuesAndIndices one_of(const ValuesAndIndices& order, int axis, std::int64_t i, Keep keep) {
  const Tensor value = order.values.slice(axis, i, i + 1), index = order.indices.slice(axis, i, i + 1);
  if (keep == Keep::kYes) return {value, index};
  return {value.squeeze(axis), index.squeeze(axis)};
}

std::int64_t some(const Tensor& x, int axis) {
  if (x.shape()[axis] == 0) throw Error("of no elements: a tensor of shape ", x.shape());
  return x.shape()[axis];
}

}  // namespace

std::span<const Op> sort_ops() { return kRows; }

ValuesAndIndices sort(const Operand& x, int axis, Order order) {
  return on_lines("sort", x, axis, [&](const Tensor& lines, int one) { return first_in_order(lines, one, lines.shape()[one], order); });
}

Tensor argsort(const Operand& x, int axis, Order order) { return sort(x, axis, order).indices; }

ValuesAndIndices topk(const Operand& x, std::int64_t k, int axis, Order order) {
  return on_lines("topk", x, axis, [&](const Tensor& lines, int one) {
    check_first(k, lines.shape()[one]);
    return first_in_order(lines, one, k, order);
  });
}

ValuesAndIndices kthvalue(const Operand& x, std::int64_t k, int axis, Keep keep) {
  return on_lines("kthvalue", x, axis, [&](const Tensor& lines, int one) {
    if (k < 1 || k > lines.shape()[one]) throw Error("number ", k, " of an axis of size ", lines.shape()[one], ", counted from 1");
    return one_of(first_in_order(lines, one, k, Order::kAscending), one, k - 1, keep);
  });
}

ValuesAndIndices median(const Operand& x, int axis, Keep keep) {
  return on_lines("median", x, axis, [&](const Tensor& lines, int one) -> ValuesAndIndices {
    const std::int64_t n = some(lines, one);
    const ValuesAndIndices order = sort(lines, one);
    const ValuesAndIndices middle = one_of(order, one, (n - 1) / 2, keep), last = one_of(order, one, n - 1, keep);
    const Tensor missing = is_nan(last.values);
    return {where(missing, last.values, middle.values), where(missing, last.indices, middle.indices)};
  });
}

Tensor median(const Operand& x) {
  return composite("median", x.source(), [&] { return median(x.tensor().flatten(), 0).values; });
}

Tensor quantile(const Operand& x, double q, int axis, Keep keep) {
  return on_axis("quantile", x, axis, [&](const Tensor& lines, int one) {
    if (!(q >= 0 && q <= 1)) throw Error("q = ", q, ", expected 0 to 1");
    const DType type = is_floating(lines.dtype()) ? lines.dtype() : DType::kF32;
    const std::int64_t last = some(lines, one) - 1;
    const double place = q * static_cast<double>(last), whole = std::floor(place);
    const ValuesAndIndices order = sort(lines.to(type == DType::kF64 ? DType::kF64 : DType::kF32), one);
    const auto at = [&](std::int64_t i) { return one_of(order, one, i, keep).values; };
    const auto low = static_cast<std::int64_t>(whole);
    const Tensor between = place > whole ? at(low) + (at(low + 1) - at(low)) * (place - whole) : at(low);
    return where(is_nan(at(last)), at(last), between).to(type);
  });
}

Tensor quantile(const Operand& x, double q) {
  return composite("quantile", x.source(), [&] { return quantile(x.tensor().flatten(), q, 0); });
}

Tensor searchsorted(const Operand& sorted, const Operand& values, Insert insert) {
  return composite("searchsorted", sorted.source(), [&] {
    const Tensor numbers = sorted.tensor();
    const Tensor given = values.is_number() ? values.beside(numbers.dtype()) : values.tensor();
    if (numbers.rank() == 0) throw Error("a single number to search in, expected rank 1 or more");
    return apply_one(OpId::kSearchSorted, {numbers, given.rank() == 0 ? given.view({1}) : given},
                     {{Key::kMode, static_cast<std::int64_t>(insert)}}, sorted.source())
        .view(given.shape());
  });
}

Tensor bucketize(const Operand& values, const Operand& edges, Insert insert) {
  return composite("bucketize", values.source(), [&] { return searchsorted(edges, values, insert); });
}

}  // namespace argent::tensor
