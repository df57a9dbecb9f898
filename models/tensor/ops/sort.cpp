// Orders.

#include "models/tensor/ops/sort.h"

#include <cmath>
#include <limits>

#include "models/kernels/copy_elements.h"
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

template <class T>
struct Entry {
  Computed<T> value;
  std::int32_t index;
};

/// NaN is larger than everything.
template <class V>
bool below(V a, V b) {
  return a < b || (b != b && a == a);
}

/// The first k of a line in order; equal ones by their index.
template <class T>
void order_line(std::vector<Entry<T>>& entries, std::int64_t k, Order order) {
  const auto before = [order](const Entry<T>& a, const Entry<T>& b) {
    const auto &low = order == Order::kAscending ? a : b, &high = order == Order::kAscending ? b : a;
    if (below(low.value, high.value)) return true;
    return !below(high.value, low.value) && a.index < b.index;
  };
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(k);
  if (4 * k < static_cast<std::int64_t>(entries.size())) {
    std::partial_sort(entries.begin(), end, entries.end(), before);
  } else {
    std::sort(entries.begin(), entries.end(), before);
  }
}

void check_first(std::int64_t k, std::int64_t size) {
  if (k < 0 || k > size) throw Error("the first " + std::to_string(k) + " of an axis of size " + std::to_string(size));
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
  const Tensor& x = call.input();
  const int axis = axis_of(call.attributes);
  const std::int64_t n = x.shape()[axis], k = call.attributes.integer(Key::kCount);
  const Order order = call.attributes.integer(Key::kReverse) != 0 ? Order::kDescending : Order::kAscending;
  with_type(x.dtype(), [&]<class T>() {
    for_each_line(x.shape(), axis, Lines<3>{x, outputs[0], outputs[1]}, [&](const auto& data, const auto& step) {
      std::vector<Entry<T>> entries(static_cast<std::size_t>(n));
      for (std::int64_t i = 0; i < n; i++)
        entries[static_cast<std::size_t>(i)] = {load<T>(data[0] + i * step[0]), static_cast<std::int32_t>(i)};
      order_line<T>(entries, k, order);
      for (std::int64_t i = 0; i < k; i++) {
        store<T>(data[1] + i * step[1], entries[static_cast<std::size_t>(i)].value);
        store<std::int64_t>(data[2] + i * step[2], entries[static_cast<std::size_t>(i)].index);
      }
    });
  });
}

void infer_search(const Call& call, OutputSpecs& outputs) {
  const Dims &sorted = call.input(0).shape(), &values = call.input(1).shape();
  bool fits = sorted.size() == 1 || sorted.size() == values.size();
  for (int i = 0; fits && i + 1 < sorted.size(); i++) fits = sorted[i] == values[i];
  if (!fits) throw Error("numbers of shape " + to_text(sorted) + " to search for values of " + to_text(values));
  outputs.add(values, DType::kI64);
}

void search_lines(const Call& call, std::span<Tensor> outputs) {
  const bool behind = call.attributes.integer(Key::kMode) != 0;
  const Tensor& values = call.input(1);
  const std::int64_t m = call.input(0).shape().back(), n = values.shape().back();
  Dims strides = call.input(0).strides();
  while (strides.size() < values.rank()) strides.insert(0, 0);
  Dims shape = values.shape();
  shape[shape.size() - 1] = m;
  const Array sorted = window(call.input(0), shape, strides, 0);
  with_type(values.dtype(), [&]<class T>() {
    for_each_line(values.shape(), values.rank() - 1, Lines<3>{sorted, values, outputs[0]}, [&](const auto& data, const auto& step) {
      for (std::int64_t i = 0; i < n; i++) {
        const Computed<T> value = load<T>(data[1] + i * step[1]);
        std::int64_t first = 0, end = m;
        while (first < end) {
          const std::int64_t middle = (first + end) / 2;
          const Computed<T> edge = load<T>(data[0] + middle * step[0]);
          const bool further = behind ? !below(value, edge) : below(edge, value);
          (further ? first : end) = further ? middle + 1 : middle;
        }
        store<std::int64_t>(data[2] + i * step[2], first);
      }
    });
  });
}

Attributes ordered(std::int64_t axis, std::int64_t k, Order order) {
  return {{Key::kAxis, axis}, {Key::kCount, k}, {Key::kReverse, std::int64_t{order == Order::kDescending}}};
}

const Op kRows[] = {
    {.id = OpId::kSort,
     .name = "sort",
     .infer = infer_sort,
     .reference = sort_lines,
     .gradient =
         [](G& c) {
           const Tensor nothing = zeros(c.input_shape(), c.input_dtype());
           c.set(0, scatter_add(nothing, axis_of(c.attributes()), c.output(1), c.gradient()));
         },
     .saved = Saved::kOutputs,
     .onnx = "TopK",
     .samples =
         [](SampleList& list) {
           list.add({list.shuffled({3, 5})}, ordered(1, 5, Order::kAscending));
           list.add({list.shuffled({4, 2, 3}).permute({2, 0, 1})}, ordered(1, 4, Order::kDescending));
           list.add({SampleList::strided(list.shuffled({2, 9}))}, ordered(1, 2, Order::kDescending));
           list.add({list.numbers({3, 0}, 0, 1)}, ordered(0, 3, Order::kAscending));
           list.add({list.numbers({7, 2}, 0, 3, DType::kI32)}, ordered(0, 7, Order::kAscending));
         }},
    {.id = OpId::kSearchSorted,
     .name = "searchsorted",
     .types = TypeRule::kPromote,
     .infer = infer_search,
     .reference = search_lines,
     .samples =
         [](SampleList& list) {
           for (const std::int64_t mode : {0, 1}) {
             list.add({arange(5, DType::kF64), list.numbers({3, 4}, -1, 6, DType::kI32)}, {{Key::kMode, mode}});
             list.add({arange(12, DType::kF64).view({3, 4}), list.numbers({3, 2}, -1, 13)}, {{Key::kMode, mode}});
           }
         }},
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
  if (x.shape()[axis] == 0) throw Error("of no elements: a tensor of shape " + to_text(x.shape()));
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
    if (k < 1 || k > lines.shape()[one])
      throw Error("number " + std::to_string(k) + " of an axis of size " + std::to_string(lines.shape()[one]) + ", counted from 1");
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
    if (!(q >= 0 && q <= 1)) throw Error("q = " + std::to_string(q) + ", expected 0 to 1");
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
                     {{Key::kMode, std::int64_t{insert == Insert::kBehind}}}, sorted.source())
        .view(given.shape());
  });
}

Tensor bucketize(const Operand& values, const Operand& edges, Insert insert) {
  return composite("bucketize", values.source(), [&] { return searchsorted(edges, values, insert); });
}

}  // namespace argent::tensor
