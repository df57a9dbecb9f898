// Numbers by their index: gather, scatter, select, along one axis.

#include "models/tensor/ops/index.h"

#include "models/kernels/index.h"
#include "models/tensor/ops/index_operands.h"
#include "models/tensor/ops/rows.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

// ---- shapes and types ------------------------------------------------------------------------------------------------------------------

void expect_indices(const Tensor& index) {
  if (index.dtype() != DType::kI64) throw Error("indices of type ", index.dtype(), ", expected i64");
}

/// `index` may be larger than `x` along the axis alone.
void expect_inside(const Tensor& x, const Tensor& index, int axis) {
  expect_indices(index);
  bool fits = index.rank() == x.rank();
  for (int i = 0; fits && i < x.rank(); i++) fits = i == axis || index.shape()[i] <= x.shape()[i];
  if (!fits) throw Error("indices of shape ", index.shape(), " for a tensor of shape ", x.shape(), " along axis ", axis);
}

void infer_gather(const Call& call, OutputSpecs& outputs) {
  expect_inside(call.input(0), call.input(1), axis_of(call.attributes));
  outputs.add(call.input(1).shape(), call.input(0).dtype());
}

void infer_scatter(const Call& call, OutputSpecs& outputs) {
  const Tensor &x = call.input(0), &index = call.input(1), &source = call.input(2);
  expect_inside(x, index, axis_of(call.attributes));
  if (!(index.shape() == source.shape())) throw Error("numbers of shape ", source.shape(), " for indices of ", index.shape());
  if (x.dtype() != source.dtype()) throw Error("numbers of type ", source.dtype(), " into ", x.dtype());
  outputs.add(x.shape(), x.dtype());
}

/// The slices that the indices name, side by side.
Dims shape_of_slices(const Call& call) {
  const Tensor& index = call.input(1);
  expect_indices(index);
  if (index.rank() != 1) throw Error("indices of shape ", index.shape(), ", expected rank 1");
  Dims shape = call.input(0).shape();
  shape[axis_of(call.attributes)] = index.count();
  return shape;
}

void infer_index_select(const Call& call, OutputSpecs& outputs) { outputs.add(shape_of_slices(call), call.input(0).dtype()); }

void infer_index_add(const Call& call, OutputSpecs& outputs) {
  const Tensor &x = call.input(0), &source = call.input(2);
  const Dims shape = shape_of_slices(call);
  if (!(source.shape() == shape) || x.dtype() != source.dtype())
    throw Error("slices of type ", source.dtype(), " and shape ", source.shape(), ", expected ", x.dtype(), " and ", shape);
  outputs.add(x.shape(), x.dtype());
}

void infer_wrap_index(const Call& call, OutputSpecs& outputs) {
  expect_indices(call.input());
  infer_unary(call, outputs);
}

void infer_nonzero(const Call& call, OutputSpecs& outputs) {
  outputs.add({kernels::nonzero_count(call.input()), call.input().rank()}, DType::kI64);
}

// ---- kernels ---------------------------------------------------------------------------------------------------------------------------

template <void (*kRead)(const kernels::Array&, const kernels::Array&, const kernels::Array&, int)>
void read_along(const Call& call, std::span<Tensor> outputs) {
  kRead(outputs[0], call.input(0), call.input(1), axis_of(call.attributes));
}
template <void (*kWrite)(const kernels::Array&, const kernels::Array&, const kernels::Array&, const kernels::Array&, int)>
void write_along(const Call& call, std::span<Tensor> outputs) {
  kWrite(outputs[0], call.input(0), call.input(1), call.input(2), axis_of(call.attributes));
}

void list_nonzero(const Call& call, std::span<Tensor> outputs) { kernels::nonzero(outputs[0], call.input()); }

void wrap_indices(const Call& call, std::span<Tensor> outputs) {
  kernels::wrap_index(outputs[0], call.input(), call.attributes.integer(Key::kCount));
}

// ---- gradients -------------------------------------------------------------------------------------------------------------------------

Tensor zeros_of_input(const G& c, int i) { return zeros(c.input_shape(i), c.input_dtype(i)); }

/// What was read somewhere is added there, by `kAdd`; and the other way round.
template <Tensor (*kAdd)(const Operand&, int, const Tensor&, const Operand&)>
void read_gradient(G& c) {
  c.set(0, kAdd(zeros_of_input(c, 0), axis_of(c.attributes()), c.input(1), c.gradient()));
}
template <Tensor (*kRead)(const Operand&, int, const Tensor&)>
void add_gradient(G& c) {
  c.set(0, c.gradient());
  if (c.wants(2)) c.set(2, kRead(c.gradient(), axis_of(c.attributes()), c.input(1)));
}

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

Attributes along(int axis) { return {{Key::kAxis, std::int64_t{axis}}}; }

Tensor indices(SampleList& list, const Dims& shape, int from, int to) { return list.numbers(shape, from, to, DType::kI64); }

void gather_samples(SampleList& list) {
  list.add({list.numbers({3, 4}), indices(list, {3, 5}, -4, 4)}, along(1));
  list.add({list.numbers({4, 3, 2}).transpose(0, 2), indices(list, {2, 1, 4}, 0, 3)}, along(1));
  list.add({list.numbers({3, 2}), indices(list, {0, 2}, 0, 3)}, along(0));
}
void scatter_samples(SampleList& list) {
  list.add({list.numbers({3, 4}), indices(list, {3, 5}, -4, 4), list.numbers({3, 5})}, along(1));
  list.add({SampleList::strided(list.numbers({4, 3, 2})), indices(list, {2, 3, 1}, 0, 4), list.numbers({2, 3, 1})}, along(0));
  list.add({list.numbers({3, 2}), indices(list, {0, 2}, 0, 3), list.numbers({0, 2})}, along(0));
}
void index_select_samples(SampleList& list) {
  for (const int axis : {0, 1, 2}) list.add({list.numbers({3, 4, 3}), indices(list, {5}, -3, 3)}, along(axis));
  list.add({list.numbers({3, 4, 2}).permute({2, 0, 1}), indices(list, {3}, 0, 3)}, along(1));
  list.add({list.numbers({3, 2}), empty({0}, DType::kI64)}, along(0));
}
void index_add_samples(SampleList& list) {
  list.add({list.numbers({3, 4, 2}), indices(list, {5}, -3, 3), list.numbers({5, 4, 2})}, along(0));
  list.add({list.numbers({3, 4}), indices(list, {5}, 0, 4), list.numbers({5, 3}).transpose(0, 1)}, along(1));
  list.add({list.numbers({3}, 0, 9, DType::kI32), indices(list, {5}, 0, 3), list.numbers({5}, 0, 9, DType::kI32)}, along(0));
}
void nonzero_samples(SampleList& list) {
  list.add({list.numbers({3, 4}, 0, 2, DType::kBool)});
  list.add({list.numbers({3, 4}, -1, 2, DType::kI32).transpose(0, 1)});
  list.add({list.numbers({}, 1, 2)});
}
void wrap_index_samples(SampleList& list) { list.add({indices(list, {3, 4}, -5, 5)}, {{Key::kCount, 5}}); }

constexpr Row row_along(OpId id, std::string_view name, std::string_view onnx, Infer infer, Kernel kernel, Gradient gradient,
                        Samples samples) {
  return row(id, name, onnx, TypeRule::kOwn, infer, kernel, gradient, Saved::kSecondInput, samples);
}

const Op kRows[] = {
    row_along(OpId::kGather, "gather", "GatherElements", infer_gather, read_along<kernels::gather>, read_gradient<scatter_add>,
              gather_samples),
    row_along(OpId::kScatter, "scatter", "ScatterElements", infer_scatter, write_along<kernels::scatter>, scatter_gradient,
              scatter_samples),
    row_along(OpId::kScatterAdd, "scatter_add", "", infer_scatter, write_along<kernels::scatter_add>, add_gradient<gather>,
              scatter_samples),
    row_along(OpId::kIndexSelect, "index_select", "Gather", infer_index_select, read_along<kernels::index_select>, read_gradient<index_add>,
              index_select_samples),
    row_along(OpId::kIndexAdd, "index_add", "", infer_index_add, write_along<kernels::index_add>, add_gradient<index_select>,
              index_add_samples),
    row(OpId::kNonzero, "nonzero", "", TypeRule::kOwn, infer_nonzero, list_nonzero, nullptr, Saved::kNothing, nonzero_samples)
        .not_captured(),
    row(OpId::kWrapIndex, "wrap_index", "", TypeRule::kOwn, infer_wrap_index, wrap_indices, nullptr, Saved::kNothing, wrap_index_samples),
};

// ---- functions -------------------------------------------------------------------------------------------------------------------------

/// A single number is a line of one.
Tensor as_line(const Tensor& x) { return x.rank() == 0 ? x.view({1}) : x; }

Tensor scattered(OpId id, const Operand& x, int axis, const Tensor& index, const Operand& source) {
  return on_axis(op(id).name, x, axis, [&](const Tensor& whole, int one) {
    const Tensor lines = as_line(as_indices(index));
    Tensor from = beside(source, whole.dtype());
    if (from.rank() == 0) from = from.expand(lines.shape());
    for (int i = 0; i < from.rank() && from.rank() == lines.rank(); i++) {
      if (from.shape()[i] > lines.shape()[i]) from = from.slice(i, 0, lines.shape()[i]);
    }
    return apply_one(id, {whole, lines, from}, along(one), x.source());
  });
}

}  // namespace

std::span<const Op> index_ops() { return kRows; }

Tensor gather(const Operand& x, int axis, const Tensor& index) {
  return composite("gather", x.source(), [&] {
    const Tensor lines = as_line(x.tensor());
    return apply_one(OpId::kGather, {lines, as_line(as_indices(index))}, along(checked_axis(axis, lines.rank())), x.source())
        .view(index.shape());
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
    return apply_one(OpId::kIndexSelect, {whole, as_line(as_indices(index))}, along(one), x.source());
  });
}

Tensor index_add(const Operand& x, int axis, const Tensor& index, const Operand& source) {
  return on_axis("index_add", x, axis, [&](const Tensor& whole, int one) {
    const Tensor from = as_line(beside(source, whole.dtype()));
    return apply_one(OpId::kIndexAdd, {whole, as_line(as_indices(index)), from}, along(one), x.source());
  });
}

Tensor index_copy(const Operand& x, int axis, const Tensor& index, const Operand& source) {
  return on_axis("index_copy", x, axis, [&](const Tensor& whole, int one) {
    const Tensor at = as_line(as_indices(index)), from = beside(source, whole.dtype());
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
