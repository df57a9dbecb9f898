// Numbers by their index: gather, scatter, select, along one axis.

#include "models/tensor/ops/index.h"

#include <cstring>

#include "models/kernels/copy_elements.h"
#include "models/kernels/element_loops.h"
#include "models/kernels/lines.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/composite.h"
#include "models/tensor/ops/index_operands.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

// ---- kernels ---------------------------------------------------------------------------------------------------------------------------

[[noreturn]] void throw_outside(std::int64_t index, std::int64_t size) {
  throw Error("index " + std::to_string(index) + " of an axis of size " + std::to_string(size));
}
std::int64_t wrapped(std::int64_t index, std::int64_t size) {
  const std::int64_t from_start = index < 0 ? index + size : index;
  if (static_cast<std::uint64_t>(from_start) >= static_cast<std::uint64_t>(size)) throw_outside(index, size);
  return from_start;
}
std::int64_t index_at(const std::byte* from) { return *reinterpret_cast<const std::int64_t*>(from); }

void expect_indices(const Tensor& index) {
  if (index.dtype() != DType::kI64) throw Error("indices of type " + std::string(name_of(index.dtype())) + ", expected i64");
}

/// `index` may be larger than `x` along the axis alone.
void expect_inside(const Tensor& x, const Tensor& index, int axis) {
  expect_indices(index);
  bool fits = index.rank() == x.rank();
  for (int i = 0; fits && i < x.rank(); i++) fits = i == axis || index.shape()[i] <= x.shape()[i];
  if (!fits)
    throw Error("indices of shape " + to_text(index.shape()) + " for a tensor of shape " + to_text(x.shape()) + " along axis " +
                std::to_string(axis));
}

void infer_gather(const Call& call, OutputSpecs& outputs) {
  expect_inside(call.input(0), call.input(1), axis_of(call.attributes));
  outputs.add(call.input(1).shape(), call.input(0).dtype());
}

void gather_elements(const Call& call, std::span<Tensor> outputs) {
  const Tensor &x = call.input(0), &index = call.input(1);
  const int axis = axis_of(call.attributes);
  const std::int64_t n = index.shape()[axis], size = x.shape()[axis];
  with_width(x.dtype(), [&]<class T>() {
    for_each_line(index.shape(), axis, Lines<3>{index, x, outputs[0]}, [&](const auto& data, const auto& step) {
      for (std::int64_t i = 0; i < n; i++) {
        const std::int64_t from = wrapped(index_at(data[0] + i * step[0]), size);
        *reinterpret_cast<T*>(data[2] + i * step[2]) = *reinterpret_cast<const T*>(data[1] + from * step[1]);
      }
    });
  });
}

void infer_scatter(const Call& call, OutputSpecs& outputs) {
  expect_inside(call.input(0), call.input(1), axis_of(call.attributes));
  if (!(call.input(1).shape() == call.input(2).shape()))
    throw Error("numbers of shape " + to_text(call.input(2).shape()) + " for indices of " + to_text(call.input(1).shape()));
  if (call.input(0).dtype() != call.input(2).dtype())
    throw Error("numbers of type " + std::string(name_of(call.input(2).dtype())) + " into " + std::string(name_of(call.input(0).dtype())));
  outputs.add(call.input(0).shape(), call.input(0).dtype());
}

void scatter_elements(const Call& call, std::span<Tensor> outputs) {
  const Tensor &index = call.input(1), &source = call.input(2);
  const int axis = axis_of(call.attributes);
  const std::int64_t n = index.shape()[axis], size = outputs[0].shape()[axis];
  copy_elements(outputs[0], call.input(0));
  with_width(source.dtype(), [&]<class T>() {
    for_each_line(index.shape(), axis, Lines<3>{index, source, outputs[0]}, [&](const auto& data, const auto& step) {
      for (std::int64_t i = 0; i < n; i++) {
        const std::int64_t to = wrapped(index_at(data[0] + i * step[0]), size);
        *reinterpret_cast<T*>(data[2] + to * step[2]) = *reinterpret_cast<const T*>(data[1] + i * step[1]);
      }
    });
  });
}

/// Calls `f.operator()<T, Total>(total)` with x as a tensor that is added to, Total its type: f64 for the floating ones; what it has become
/// goes to `output`.
template <class F>
void accumulate(const Tensor& x, const Tensor& output, F&& f) {
  with_type(x.dtype(), [&]<class T>() {
    if constexpr (!is_floating(dtype_of<T>()) || std::is_same_v<T, double>) {
      copy_elements(output, x);
      f.template operator()<T, T>(output);
    } else {
      const Tensor total = empty(x.shape(), DType::kF64);
      for_each_run(strided_bytes(total, x), [](const auto& data, const auto& step, std::int64_t n) {
        for (std::int64_t i = 0; i < n; i++) store<double>(data[0] + i * step[0], load<T>(data[1] + i * step[1]));
      });
      f.template operator()<T, double>(total);
      for_each_run(strided_bytes(output, total), [](const auto& data, const auto& step, std::int64_t n) {
        for (std::int64_t i = 0; i < n; i++) store<T>(data[0] + i * step[0], load<double>(data[1] + i * step[1]));
      });
    }
  });
}

/// Integers wrap around; of bools it is "or".
template <class T, class Total>
void add_to(std::byte* total, const std::byte* value) {
  if constexpr (std::is_same_v<Total, bool>)
    store<bool>(total, load<bool>(total) || load<bool>(value));
  else if constexpr (std::is_integral_v<Total>)
    store<Total>(total, static_cast<std::uint64_t>(load<Total>(total)) + static_cast<std::uint64_t>(load<T>(value)));
  else
    store<Total>(total, load<Total>(total) + static_cast<Total>(load<T>(value)));
}

void scatter_add_elements(const Call& call, std::span<Tensor> outputs) {
  const Tensor &index = call.input(1), &source = call.input(2);
  const int axis = axis_of(call.attributes);
  const std::int64_t n = index.shape()[axis], size = outputs[0].shape()[axis];
  accumulate(call.input(0), outputs[0], [&]<class T, class Total>(const Tensor& total) {
    for_each_line(index.shape(), axis, Lines<3>{index, source, total}, [&](const auto& data, const auto& step) {
      for (std::int64_t i = 0; i < n; i++) {
        const std::int64_t to = wrapped(index_at(data[0] + i * step[0]), size);
        add_to<T, Total>(data[2] + to * step[2], data[1] + i * step[1]);
      }
    });
  });
}

/// Calls `run(data, steps, n)` for stretches that together pair slice index[i] of `whole` with slice i of `part`.
template <class Run>
void for_each_slice(const Tensor& whole, const Tensor& part, const Tensor& index, int axis, Run&& run) {
  const std::int64_t n = part.shape()[axis], size = whole.shape()[axis];
  StridedBytes<2> inner{{}, {}, {}}, outer{{}, {}, {}};
  const auto whole_bytes = static_cast<std::int64_t>(size_of(whole.dtype())), part_bytes = static_cast<std::int64_t>(size_of(part.dtype()));
  for (int i = 0; i < part.rank(); i++) {
    if (i == axis) continue;
    StridedBytes<2>& of = i < axis ? outer : inner;
    of.shape.push_back(part.shape()[i]);
    of.strides[0].push_back(whole.strides()[i] * whole_bytes);
    of.strides[1].push_back(part.strides()[i] * part_bytes);
  }
  if (part.count() == 0) {
    for (std::int64_t i = 0; i < n; i++) wrapped(index_at(index.raw() + i * index.strides()[0] * 8), size);
    return;
  }
  inner.simplify();
  const int last = inner.shape.size() - 1;
  const std::int64_t length = inner.shape[last], runs = inner.shape.count() / length;
  const std::array<std::int64_t, 2> steps{inner.strides[0][last], inner.strides[1][last]};
  const auto place = [](const StridedBytes<2>& axes, int count, std::int64_t k, std::array<std::byte*, 2>& data) {
    for (int i = count - 1; i >= 0; i--) {
      for (std::size_t t = 0; t < 2; t++) data[t] += k % axes.shape[i] * axes.strides[t][i];
      k /= axes.shape[i];
    }
  };
  for (std::int64_t o = 0; o < outer.shape.count(); o++) {
    for (std::int64_t i = 0; i < n; i++) {
      const std::int64_t at = wrapped(index_at(index.raw() + i * index.strides()[0] * 8), size);
      std::array<std::byte*, 2> slice{whole.raw() + at * whole.strides()[axis] * whole_bytes,
                                      part.raw() + i * part.strides()[axis] * part_bytes};
      place(outer, outer.shape.size(), o, slice);
      for (std::int64_t r = 0; r < runs; r++) {
        std::array<std::byte*, 2> data = slice;
        place(inner, last, r, data);
        run(data, steps, length);
      }
    }
  }
}

void expect_slices(const Tensor& index) {
  expect_indices(index);
  if (index.rank() != 1) throw Error("indices of shape " + to_text(index.shape()) + ", expected rank 1");
}

void infer_index_select(const Call& call, OutputSpecs& outputs) {
  expect_slices(call.input(1));
  Dims shape = call.input(0).shape();
  shape[axis_of(call.attributes)] = call.input(1).count();
  outputs.add(shape, call.input(0).dtype());
}

void select_slices(const Call& call, std::span<Tensor> outputs) {
  with_width(outputs[0].dtype(), [&]<class T>() {
    for_each_slice(call.input(0), outputs[0], call.input(1), axis_of(call.attributes),
                   [](const auto& data, const auto& step, std::int64_t n) {
                     if (step[0] == sizeof(T) && step[1] == sizeof(T)) {
                       std::memcpy(data[1], data[0], static_cast<std::size_t>(n) * sizeof(T));
                       return;
                     }
                     for (std::int64_t i = 0; i < n; i++)
                       *reinterpret_cast<T*>(data[1] + i * step[1]) = *reinterpret_cast<const T*>(data[0] + i * step[0]);
                   });
  });
}

void infer_index_add(const Call& call, OutputSpecs& outputs) {
  expect_slices(call.input(1));
  Dims shape = call.input(0).shape();
  shape[axis_of(call.attributes)] = call.input(1).count();
  if (!(call.input(2).shape() == shape) || call.input(0).dtype() != call.input(2).dtype())
    throw Error("slices of type " + std::string(name_of(call.input(2).dtype())) + " and shape " + to_text(call.input(2).shape()) +
                ", expected " + std::string(name_of(call.input(0).dtype())) + " and " + to_text(shape));
  outputs.add(call.input(0).shape(), call.input(0).dtype());
}

void add_slices(const Call& call, std::span<Tensor> outputs) {
  accumulate(call.input(0), outputs[0], [&]<class T, class Total>(const Tensor& total) {
    for_each_slice(total, call.input(2), call.input(1), axis_of(call.attributes), [](const auto& data, const auto& step, std::int64_t n) {
      for (std::int64_t i = 0; i < n; i++) add_to<T, Total>(data[0] + i * step[0], data[1] + i * step[1]);
    });
  });
}

/// Whether each element, in the order of indices, is not 0.
Tensor flags_of(const Tensor& x) {
  Tensor flags = empty(x.shape(), DType::kBool);
  with_type(x.dtype(), [&]<class T>() {
    for_each_run(strided_bytes(flags, x), [](const auto& data, const auto& step, std::int64_t n) {
      for (std::int64_t i = 0; i < n; i++) store<bool>(data[0] + i * step[0], load<T>(data[1] + i * step[1]) != 0);
    });
  });
  return flags;
}

void infer_nonzero(const Call& call, OutputSpecs& outputs) {
  const Tensor flags = flags_of(call.input());
  outputs.add({std::count(flags.raw_as<bool>(), flags.raw_as<bool>() + flags.count(), true), call.input().rank()}, DType::kI64);
}

void list_nonzero(const Call& call, std::span<Tensor> outputs) {
  const Tensor flags = flags_of(call.input());
  const int rank = flags.rank();
  std::int64_t* to = outputs[0].raw_as<std::int64_t>();
  for (std::int64_t i = 0; i < flags.count(); i++) {
    if (!flags.raw_as<bool>()[i]) continue;
    std::int64_t rest = i;
    for (int axis = rank - 1; axis >= 0; axis--) {
      to[axis] = rest % flags.shape()[axis];
      rest /= flags.shape()[axis];
    }
    to += rank;
  }
}

void wrap_indices(const Call& call, std::span<Tensor> outputs) {
  const std::int64_t size = call.attributes.integer(Key::kCount);
  for_each_run(strided_bytes(outputs[0], call.input()), [size](const auto& data, const auto& step, std::int64_t n) {
    for (std::int64_t i = 0; i < n; i++) store<std::int64_t>(data[0] + i * step[0], wrapped(index_at(data[1] + i * step[1]), size));
  });
}

// ---- gradients -------------------------------------------------------------------------------------------------------------------------

Tensor zeros_of_input(const G& c, int i) { return zeros(c.input_shape(i), c.input_dtype(i)); }

/// Of what was written over by a later element nothing is left: whoever finds its own number in its place was the last.
void scatter_gradient(G& c) {
  const int axis = axis_of(c.attributes());
  const Tensor index = c.input(1);
  if (c.wants(0)) c.set(0, scatter(c.gradient(), axis, index, zeros_of_input(c, 2)));
  if (!c.wants(2)) return;
  const Tensor own = arange(index.count()).view(index.shape());
  const Tensor found = gather(scatter(zeros(c.input_shape(0), DType::kI64), axis, index, own), axis, index);
  c.set(2, where(equal(found, own), gather(c.gradient(), axis, index), full({}, 0, c.input_dtype(2))));
}

// ---- samples ---------------------------------------------------------------------------------------------------------------------------

void gather_samples(SampleList& list) {
  list.add({list.numbers({3, 4}), list.numbers({3, 5}, -4, 4, DType::kI64)}, {{Key::kAxis, 1}});
  list.add({list.numbers({4, 3, 2}).transpose(0, 2), list.numbers({2, 1, 4}, 0, 3, DType::kI64)}, {{Key::kAxis, 1}});
  list.add({list.numbers({3, 2}), list.numbers({0, 2}, 0, 3, DType::kI64)}, {{Key::kAxis, 0}});
}
void scatter_samples(SampleList& list) {
  list.add({list.numbers({3, 4}), list.numbers({3, 5}, -4, 4, DType::kI64), list.numbers({3, 5})}, {{Key::kAxis, 1}});
  list.add({SampleList::strided(list.numbers({4, 3, 2})), list.numbers({2, 3, 1}, 0, 4, DType::kI64), list.numbers({2, 3, 1})},
           {{Key::kAxis, 0}});
  list.add({list.numbers({3, 2}), list.numbers({0, 2}, 0, 3, DType::kI64), list.numbers({0, 2})}, {{Key::kAxis, 0}});
}
void index_select_samples(SampleList& list) {
  for (const std::int64_t axis : {0, 1, 2})
    list.add({list.numbers({3, 4, 3}), list.numbers({5}, -3, 3, DType::kI64)}, {{Key::kAxis, axis}});
  list.add({list.numbers({3, 4, 2}).permute({2, 0, 1}), list.numbers({3}, 0, 3, DType::kI64)}, {{Key::kAxis, 1}});
  list.add({list.numbers({3, 2}), empty({0}, DType::kI64)}, {{Key::kAxis, 0}});
}
void index_add_samples(SampleList& list) {
  list.add({list.numbers({3, 4, 2}), list.numbers({5}, -3, 3, DType::kI64), list.numbers({5, 4, 2})}, {{Key::kAxis, 0}});
  list.add({list.numbers({3, 4}), list.numbers({5}, 0, 4, DType::kI64), list.numbers({5, 3}).transpose(0, 1)}, {{Key::kAxis, 1}});
  list.add({list.numbers({3}, 0, 9, DType::kI32), list.numbers({5}, 0, 3, DType::kI64), list.numbers({5}, 0, 9, DType::kI32)},
           {{Key::kAxis, 0}});
}

const Op kRows[] = {
    {.id = OpId::kGather,
     .name = "gather",
     .infer = infer_gather,
     .reference = gather_elements,
     .gradient = [](G& c) { c.set(0, scatter_add(zeros_of_input(c, 0), axis_of(c.attributes()), c.input(1), c.gradient())); },
     .saved = Saved::kSecondInput,
     .onnx = "GatherElements",
     .samples = gather_samples},
    {.id = OpId::kScatter,
     .name = "scatter",
     .infer = infer_scatter,
     .reference = scatter_elements,
     .gradient = scatter_gradient,
     .saved = Saved::kSecondInput,
     .onnx = "ScatterElements",
     .samples = scatter_samples},
    {.id = OpId::kScatterAdd,
     .name = "scatter_add",
     .infer = infer_scatter,
     .reference = scatter_add_elements,
     .gradient =
         [](G& c) {
           c.set(0, c.gradient());
           if (c.wants(2)) c.set(2, gather(c.gradient(), axis_of(c.attributes()), c.input(1)));
         },
     .saved = Saved::kSecondInput,
     .samples = scatter_samples},
    {.id = OpId::kIndexSelect,
     .name = "index_select",
     .infer = infer_index_select,
     .reference = select_slices,
     .gradient = [](G& c) { c.set(0, index_add(zeros_of_input(c, 0), axis_of(c.attributes()), c.input(1), c.gradient())); },
     .saved = Saved::kSecondInput,
     .onnx = "Gather",
     .samples = index_select_samples},
    {.id = OpId::kIndexAdd,
     .name = "index_add",
     .infer = infer_index_add,
     .reference = add_slices,
     .gradient =
         [](G& c) {
           c.set(0, c.gradient());
           if (c.wants(2)) c.set(2, index_select(c.gradient(), axis_of(c.attributes()), c.input(1)));
         },
     .saved = Saved::kSecondInput,
     .samples = index_add_samples},
    {.id = OpId::kNonzero,
     .name = "nonzero",
     .infer = infer_nonzero,
     .reference = list_nonzero,
     .capture_safe = false,
     .samples =
         [](SampleList& list) {
           list.add({list.numbers({3, 4}, 0, 2, DType::kBool)});
           list.add({list.numbers({3, 4}, -1, 2, DType::kI32).transpose(0, 1)});
           list.add({list.numbers({}, 1, 2)});
         }},
    {.id = OpId::kWrapIndex,
     .name = "wrap_index",
     .infer =
         [](const Call& call, OutputSpecs& outputs) {
           expect_indices(call.input());
           infer_unary(call, outputs);
         },
     .reference = wrap_indices,
     .samples =
         [](SampleList& list) {
           list.add({list.numbers({3, 4}, -5, 5, DType::kI64)}, {{Key::kCount, 5}});
         }},
};

// ---- functions -------------------------------------------------------------------------------------------------------------------------

Attributes along(int axis) { return {{Key::kAxis, std::int64_t{axis}}}; }

Tensor scattered(OpId id, const Operand& x, int axis, const Tensor& index, const Operand& source) {
  return on_axis(op(id).name, x, axis, [&](const Tensor& whole, int one) {
    const Tensor at = as_indices(index), lines = at.rank() == 0 ? at.view({1}) : at;
    Tensor from = beside(source, whole.dtype());
    if (from.rank() == 0) from = from.expand(lines.shape());
    for (int i = 0; i < from.rank() && from.rank() == lines.rank(); i++) {
      if (from.shape()[i] > lines.shape()[i]) from = from.slice(i, 0, lines.shape()[i]);
    }
    return apply_one(id, {whole, lines, from}, along(one), x.source());
  });
}

/// Indices of slices: a single number names one.
Tensor slice_indices(const Tensor& index) {
  const Tensor at = as_indices(index);
  return at.rank() == 0 ? at.view({1}) : at;
}

}  // namespace

std::span<const Op> index_ops() { return kRows; }

Tensor gather(const Operand& x, int axis, const Tensor& index) {
  return composite("gather", x.source(), [&] {
    const Tensor tensor = x.tensor(), lines = tensor.rank() == 0 ? tensor.view({1}) : tensor, at = slice_indices(index);
    return apply_one(OpId::kGather, {lines, at}, along(checked_axis(axis, lines.rank())), x.source()).view(index.shape());
  });
}

Tensor scatter(const Operand& x, int axis, const Tensor& index, const Operand& source) {
  return scattered(OpId::kScatter, x, axis, index, source);
}
Tensor scatter_add(const Operand& x, int axis, const Tensor& index, const Operand& source) {
  return scattered(OpId::kScatterAdd, x, axis, index, source);
}

Tensor index_select(const Operand& x, int axis, const Tensor& index) {
  return on_axis("index_select", x, axis, [&](const Tensor& whole, int one) {
    return apply_one(OpId::kIndexSelect, {whole, slice_indices(index)}, along(one), x.source());
  });
}

Tensor index_add(const Operand& x, int axis, const Tensor& index, const Operand& source) {
  return on_axis("index_add", x, axis, [&](const Tensor& whole, int one) {
    const Tensor from = beside(source, whole.dtype());
    return apply_one(OpId::kIndexAdd, {whole, slice_indices(index), from.rank() == 0 ? from.view({1}) : from}, along(one), x.source());
  });
}

Tensor index_copy(const Operand& x, int axis, const Tensor& index, const Operand& source) {
  return on_axis("index_copy", x, axis, [&](const Tensor& whole, int one) {
    const Tensor at = slice_indices(index), from = beside(source, whole.dtype());
    Dims shape = whole.shape();
    shape[one] = at.count();
    return scatter(whole, one, spread(at, shape, one), from.expand(shape));
  });
}

Tensor index_fill(const Operand& x, int axis, const Tensor& index, const Operand& value) {
  return composite("index_fill", x.source(), [&] { return index_copy(x, axis, index, value); });
}

Tensor take(const Operand& x, const Tensor& index) {
  return composite("take", x.source(), [&] {
    const Tensor at = as_indices(index);
    return index_select(x.tensor().flatten(), 0, at.reshape({at.count()})).view(at.shape());
  });
}

Tensor one_hot(const Operand& index, std::int64_t classes, DType type) {
  return composite("one_hot", index.source(), [&] {
    const Tensor at = as_indices(index.tensor());
    Dims shape = at.shape();
    shape.push_back(classes);
    return scatter(zeros(shape, type), -1, at.unsqueeze(-1), 1);
  });
}

}  // namespace argent::tensor
