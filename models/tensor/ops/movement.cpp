// Views of a tensor's numbers in another shape or order, and copies of them.

#include "models/tensor/ops/movement.h"

#include "models/kernels/copy_elements.h"
#include "models/kernels/movement.h"
#include "models/tensor/autograd.h"
#include "models/tensor/ops/rows.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

// ---- views ---------------------------------------------------------------------------------------------------------------------------

/// Strides of `shape` over the same elements in the same order, where such strides exist: each stretch of old axes that can be walked in
/// one go is divided into new axes.
std::optional<Dims> view_strides(const Tensor& x, const Dims& shape) {
  if (x.count() == 0) return contiguous_strides(shape);
  Dims strides = Dims::filled(shape.size(), 1);
  int to = shape.size() - 1;
  std::int64_t stretch = 1;                                    // elements of the stretch
  std::int64_t step = x.rank() == 0 ? 1 : x.strides().back();  // its innermost stride
  for (int from = x.rank() - 1; from >= 0; from--) {
    stretch *= x.shape()[from];
    const bool ends = from == 0 || (x.shape()[from - 1] != 1 && x.strides()[from - 1] != stretch * step);
    if (!ends) continue;
    std::int64_t taken = 1;
    for (; to >= 0 && (taken < stretch || shape[to] == 1); to--) {
      strides[to] = taken * step;
      taken *= shape[to];
    }
    if (taken != stretch) return {};
    if (from > 0) {
      stretch = 1;
      step = x.strides()[from - 1];
    }
  }
  for (; to >= 0; to--) strides[to] = stretch * step;  // axes of size 1 are left
  return strides;
}

std::optional<ViewSpec> view_of(const Call& call) {
  const Dims& shape = call.attributes.dims(Key::kShape);
  const Tensor& x = call.input();
  if (shape.count() != x.count()) throw Error("a view of shape ", shape, " of ", x.shape());
  std::optional<Dims> strides = view_strides(x, shape);
  if (!strides) return {};
  return ViewSpec{shape, *strides};
}

std::optional<ViewSpec> permuted(const Call& call) {
  const Dims& axes = call.attributes.dims(Key::kAxes);
  const Tensor& x = call.input();
  ViewSpec spec;
  for (std::int64_t axis : axes) {
    spec.shape.push_back(x.shape()[static_cast<int>(axis)]);
    spec.strides.push_back(x.strides()[static_cast<int>(axis)]);
  }
  return spec;
}

/// Of a tensor of that shape and strides, every `step`-th index of an axis from `start` to `stop`.
ViewSpec slice_of(const Dims& shape, const Dims& strides, const Attributes& a) {
  const int axis = axis_of(a);
  const std::int64_t start = a.integer(Key::kStart), step = a.integer(Key::kStep);
  ViewSpec spec{shape, strides, start * strides[axis]};
  spec.shape[axis] = (a.integer(Key::kStop) - start + step - 1) / step;
  spec.strides[axis] *= step;
  return spec;
}

std::optional<ViewSpec> sliced(const Call& call) { return slice_of(call.input().shape(), call.input().strides(), call.attributes); }

std::optional<ViewSpec> expanded(const Call& call) {
  const Dims& shape = call.attributes.dims(Key::kShape);
  const Tensor& x = call.input();
  ViewSpec spec{shape, Dims::filled(shape.size(), 0)};
  const int added = shape.size() - x.rank();
  for (int i = 0; i < x.rank(); i++) {
    const std::int64_t have = x.shape()[i], wanted = shape[added + i];
    if (have != wanted && have != 1) throw Error("a tensor of shape ", x.shape(), " to ", shape);
    spec.strides[added + i] = have == wanted ? x.strides()[i] : 0;
  }
  return spec;
}

void view_gradient(G& c) { c.set(0, c.gradient().reshape(c.input_shape())); }
void permute_gradient(G& c) { c.set(0, c.gradient().permute(inverse_axes(c.attributes().dims(Key::kAxes)))); }
void expand_gradient(G& c) { c.set(0, c.gradient()); }  // set() sums

void infer_slice_add(const Call& call, OutputSpecs& outputs) { outputs.add(call.attributes.dims(Key::kBaseShape), call.input().dtype()); }

/// Zeros of `base_shape` with the gradient in the places that a slice took.
void add_slice(const Call& call, std::span<Tensor> outputs) {
  kernels::clear(outputs[0]);
  const ViewSpec at = slice_of(outputs[0].shape(), outputs[0].strides(), call.attributes);
  kernels::copy_elements(kernels::window(outputs[0], at.shape, at.strides, at.offset), call.input());
}

void slice_gradient(G& c) {
  c.set(0, apply_one(OpId::kSliceAdd, {c.gradient()}, c.attributes().with(Key::kBaseShape, c.input_shape()), c.source()));
}
void slice_add_gradient(G& c) { c.set(0, apply_one(OpId::kSlice, {c.gradient()}, c.attributes(), c.source())); }

// ---- copies --------------------------------------------------------------------------------------------------------------------------

void infer_concat(const Call& call, OutputSpecs& outputs) {
  const Dims& first = call.input(0).shape();
  const int axis = axis_of(call.attributes);
  Dims shape = first;
  shape[axis] = 0;
  for (const Tensor& input : call.inputs) {
    for (int i = 0; i < std::max(first.size(), input.rank()); i++) {
      if (input.rank() == first.size() && (i == axis || input.shape()[i] == first[i])) continue;
      throw Error("shapes ", first, " and ", input.shape(), " along axis ", axis);
    }
    shape[axis] += input.shape()[axis];
  }
  outputs.add(shape, call.input(0).dtype(),
              call.input(0).is_channels_last() && !call.input(0).is_contiguous() ? channels_last_strides(shape) : Dims{});
}

void concatenate(const Call& call, std::span<Tensor> outputs) {
  const int axis = axis_of(call.attributes);
  std::int64_t offset = 0;
  for (const Tensor& input : call.inputs) {
    kernels::copy_elements(kernels::window(outputs[0], input.shape(), outputs[0].strides(), offset), input);
    offset += input.shape()[axis] * outputs[0].strides()[axis];
  }
}

void concat_gradient(G& c) {
  const int axis = axis_of(c.attributes());
  std::int64_t start = 0;
  for (int i = 0; i < c.input_count(); i++) {
    const std::int64_t size = c.input_shape(i)[axis];
    if (c.wants(i)) c.set(i, c.gradient().slice(axis, start, start + size));
    start += size;
  }
}

void infer_flip(const Call& call, OutputSpecs& outputs) { outputs.add(call.input().shape(), call.input().dtype()); }

void reverse_axes(const Call& call, std::span<Tensor> outputs) {
  kernels::flip(outputs[0], call.input(), call.attributes.dims(Key::kAxes));
}

void flip_gradient(G& c) { c.set(0, flip(c.gradient(), c.attributes().dims(Key::kAxes))); }

void infer_pad(const Call& call, OutputSpecs& outputs) {
  const Dims &before = call.attributes.dims(Key::kPadBefore), &after = call.attributes.dims(Key::kPadAfter);
  Dims shape = call.input().shape();
  for (int i = 0; i < shape.size(); i++) {
    shape[i] += before[i] + after[i];
    if (shape[i] < 0) throw Error("more is cut off axis ", i, " of ", call.input().shape(), " than there is");
  }
  outputs.add(shape, call.input().dtype());
}

void pad_with_value(const Call& call, std::span<Tensor> outputs) {
  const Tensor value = full({}, call.attributes.number(Key::kValue), call.input().dtype());
  kernels::pad(outputs[0], call.input(), value, call.attributes.dims(Key::kPadBefore));
}

void pad_gradient(G& c) {
  const auto negated = [&](Key key) {
    Dims dims = c.attributes().dims(key);
    for (std::int64_t& value : dims) value = -value;
    return dims;
  };
  c.set(0, pad(c.gradient(), negated(Key::kPadBefore), negated(Key::kPadAfter)));
}

// ---- samples -------------------------------------------------------------------------------------------------------------------------

void view_samples(SampleList& list) {
  list.add({list.numbers({2, 6})}, {{Key::kShape, Dims{3, 4}}});
  list.add({list.numbers({2, 6}).slice(1, 0, 4)}, {{Key::kShape, Dims{2, 1, 2, 2}}});
  list.add({list.numbers({})}, {{Key::kShape, Dims{1, 1}}});
  list.add({list.numbers({2, 0})}, {{Key::kShape, Dims{0, 5}}});
}

void permute_samples(SampleList& list) { list.add({list.numbers({2, 3, 4})}, {{Key::kAxes, Dims{2, 0, 1}}}); }

Attributes slice_attributes(std::int64_t axis, std::int64_t start, std::int64_t stop, std::int64_t step) {
  return {{Key::kAxis, axis}, {Key::kStart, start}, {Key::kStop, stop}, {Key::kStep, step}};
}

void slice_samples(SampleList& list) {
  list.add({list.numbers({3, 7})}, slice_attributes(1, 1, 6, 2));
  list.add({list.numbers({3, 7})}, slice_attributes(0, 2, 2, 1));
}

void slice_add_samples(SampleList& list) {
  list.add({list.numbers({3, 3})}, slice_attributes(1, 1, 6, 2).with(Key::kBaseShape, Dims{3, 7}));
}

void expand_samples(SampleList& list) { list.add({list.numbers({3, 1})}, {{Key::kShape, Dims{2, 3, 4}}}); }

void concat_samples(SampleList& list) {
  list.add({list.numbers({2, 3}), list.numbers({2, 1}), list.numbers({2, 0})}, {{Key::kAxis, 1}});
  list.add({list.numbers({2, 3}), list.numbers({3, 1}).transpose(0, 1)}, {{Key::kAxis, 0}});
}

void flip_samples(SampleList& list) {
  list.add({list.numbers({2, 3, 4})}, {{Key::kAxes, Dims{0, 2}}});
  list.add({list.numbers({0, 3})}, {{Key::kAxes, Dims{0, 1}}});
}

void pad_samples(SampleList& list) {
  list.add({list.numbers({2, 3})}, {{Key::kPadBefore, Dims{1, 0}}, {Key::kPadAfter, Dims{0, 2}}, {Key::kValue, 0.5}});
  list.add({list.numbers({4, 5})}, {{Key::kPadBefore, Dims{-1, 2}}, {Key::kPadAfter, Dims{1, -4}}, {Key::kValue, 0.0}});
}

constexpr Op view_row(OpId id, std::string_view name, std::string_view onnx, std::optional<ViewSpec> (*view)(const Call& call),
                      Gradient gradient, Samples samples) {
  return {.id = id, .name = name, .view = view, .gradient = gradient, .onnx = onnx, .samples = samples};
}

const Op kRows[] = {
    view_row(OpId::kView, "view", "Reshape", view_of, view_gradient, view_samples),
    view_row(OpId::kPermute, "permute", "Transpose", permuted, permute_gradient, permute_samples),
    view_row(OpId::kSlice, "slice", "Slice", sliced, slice_gradient, slice_samples),
    row(OpId::kSliceAdd, "slice_add", "", TypeRule::kOwn, infer_slice_add, add_slice, slice_add_gradient, Saved::kNothing,
        slice_add_samples),
    view_row(OpId::kExpand, "expand", "Expand", expanded, expand_gradient, expand_samples),
    row(OpId::kConcat, "concat", "Concat", TypeRule::kPromote, infer_concat, concatenate, concat_gradient, Saved::kNothing, concat_samples),
    row(OpId::kFlip, "flip", "", TypeRule::kOwn, infer_flip, reverse_axes, flip_gradient, Saved::kNothing, flip_samples),
    row(OpId::kPad, "pad", "Pad", TypeRule::kOwn, infer_pad, pad_with_value, pad_gradient, Saved::kNothing, pad_samples),
};

// ---- what Tensor's methods have in common ----------------------------------------------------------------------------------------------

/// `shape` with its -1, if any, replaced by what is left.
Dims completed(Dims shape, std::int64_t count) {
  std::int64_t known = 1;
  int open = -1;
  for (int i = 0; i < shape.size(); i++) {
    if (shape[i] == -1 && open < 0)
      open = i;
    else if (shape[i] < 0)
      throw OpError("view: shape with more than one -1, or another negative size");
    else
      known *= shape[i];
  }
  if (open < 0) return shape;
  if (known == 0 || count % known != 0) throw OpError("view: ", count, " elements do not fill an axis beside ", known);
  shape[open] = count / known;
  return shape;
}

/// What a view returns that changes nothing: the tensor itself, but where no gradients are recorded one that requires none.
Tensor unchanged(const Tensor& x, Source at) { return gradients_enabled() || !x.requires_grad() ? x : x.view(x.shape(), at); }

}  // namespace

std::span<const Op> movement_ops() { return kRows; }

// ---- Tensor's methods ------------------------------------------------------------------------------------------------------------------

Tensor Tensor::view(const Dims& shape, Source at) const {
  return apply_one(OpId::kView, {*this}, {{Key::kShape, completed(shape, count())}}, at);
}

Tensor Tensor::reshape(const Dims& shape, Source at) const {
  const Dims complete = completed(shape, count());
  if (complete == this->shape()) return unchanged(*this, at);
  const bool fits = complete.count() != count() || view_strides(*this, complete).has_value();  // of another count: view() says so
  return (fits ? *this : contiguous(at)).view(complete, at);
}

Tensor Tensor::permute(const Dims& axes, Source at) const {
  Dims checked;
  for (std::int64_t axis : axes) checked.push_back(checked_axis(axis, rank()));
  for (int i = 0; i < rank(); i++) {
    if (checked.size() != rank() || !checked.contains(i)) throw OpError("permute: axes ", axes, " of a tensor of rank ", rank());
  }
  return apply_one(OpId::kPermute, {*this}, {{Key::kAxes, checked}}, at);
}

Tensor Tensor::transpose(int a, int b, Source at) const {
  Dims axes;
  for (int i = 0; i < rank(); i++) axes.push_back(i);
  std::swap(axes[checked_axis(a, rank())], axes[checked_axis(b, rank())]);
  return permute(axes, at);
}

Tensor Tensor::slice(int axis, std::int64_t start, std::int64_t stop, std::int64_t step, Source at) const {
  axis = checked_axis(axis, rank());
  if (step < 1) throw OpError("slice: a step of ", step, ", expected at least 1");
  const std::int64_t size = shape()[axis];
  const auto bounded = [size](std::int64_t index) { return std::clamp<std::int64_t>(index < 0 ? index + size : index, 0, size); };
  start = bounded(start);
  stop = std::max(start, bounded(stop));
  return apply_one(OpId::kSlice, {*this}, slice_attributes(axis, start, stop, step), at);
}

Tensor Tensor::select(int axis, std::int64_t index, Source at) const {
  axis = checked_axis(axis, rank());
  const std::int64_t size = shape()[axis];
  if (index < -size || index >= size) throw OpError("select: index ", index, " of an axis of size ", size);
  const std::int64_t start = index < 0 ? index + size : index;
  return slice(axis, start, start + 1, 1, at).squeeze(axis, at);
}

Tensor Tensor::expand(const Dims& shape, Source at) const {
  Dims complete = shape;
  const int added = shape.size() - rank();
  if (added < 0) throw OpError("expand: a tensor of shape ", this->shape(), " to ", shape);
  for (int i = added; i < shape.size(); i++) {
    if (complete[i] == -1) complete[i] = this->shape()[i - added];
  }
  return apply_one(OpId::kExpand, {*this}, {{Key::kShape, complete}}, at);
}

Tensor Tensor::squeeze(int axis, Source at) const {
  axis = checked_axis(axis, rank());
  Dims without = shape();
  if (without[axis] != 1) return unchanged(*this, at);
  without.erase(axis);
  return view(without, at);
}

Tensor Tensor::unsqueeze(int axis, Source at) const {
  Dims with = shape();
  with.insert(checked_axis(axis, rank() + 1), 1);
  return view(with, at);
}

Tensor Tensor::flatten(int first, int last, Source at) const {
  if (rank() == 0) return view({1}, at);
  first = checked_axis(first, rank());
  last = checked_axis(last, rank());
  Dims joined;
  for (int i = 0; i < rank(); i++) {
    if (i > first && i <= last)
      joined[joined.size() - 1] *= shape()[i];
    else
      joined.push_back(shape()[i]);
  }
  return reshape(joined, at);
}

// ---- functions -------------------------------------------------------------------------------------------------------------------------

Tensor concat(std::span<const Tensor> tensors, int axis, Source at) {
  if (tensors.empty()) throw OpError("concat: no tensors");
  if (tensors[0].rank() == 0) throw OpError("concat: of tensors without axes");
  return std::move(apply(OpId::kConcat, tensors, {{Key::kAxis, std::int64_t{checked_axis(axis, tensors[0].rank())}}}, at)[0]);
}
Tensor concat(std::initializer_list<Tensor> tensors, int axis, Source at) {
  return concat(std::span(tensors.begin(), tensors.size()), axis, at);
}

Tensor stack(std::span<const Tensor> tensors, int axis, Source at) {
  std::vector<Tensor> raised;
  for (const Tensor& tensor : tensors) raised.push_back(tensor.unsqueeze(axis, at));
  return concat(raised, axis, at);
}

std::vector<Tensor> split(const Tensor& x, std::int64_t size, int axis, Source at) {
  if (size < 1) throw OpError("split: pieces of ", size);
  std::vector<Tensor> pieces;
  for (std::int64_t start = 0; start < x.size(axis); start += size) pieces.push_back(x.slice(axis, start, start + size, 1, at));
  return pieces;
}

Tensor flip(const Operand& x, const Dims& axes) {
  const Tensor tensor = x.tensor();
  Dims checked;
  for (std::int64_t axis : axes) checked.push_back(checked_axis(axis, tensor.rank()));
  return apply_one(OpId::kFlip, {tensor}, {{Key::kAxes, checked}}, x.source());
}

Tensor roll(const Operand& x, std::int64_t by, int axis) {
  const Tensor tensor = x.tensor();
  axis = checked_axis(axis, tensor.rank());
  const std::int64_t size = tensor.shape()[axis];
  if (size == 0) return tensor.clone(x.source());
  const std::int64_t first = ((size - by) % size + size) % size;
  return concat({tensor.slice(axis, first, size, 1, x.source()), tensor.slice(axis, 0, first, 1, x.source())}, axis, x.source());
}

Tensor repeat(const Operand& x, const Dims& times) {
  const Tensor tensor = x.tensor();
  Dims grown = tensor.shape();
  while (grown.size() < times.size()) grown.insert(0, 1);
  if (times.size() != grown.size()) throw OpError("repeat: ", times.size(), " numbers for ", tensor.shape());
  Tensor result = tensor.view(grown, x.source());
  for (int i = 0; i < times.size(); i++) {
    if (times[i] == 1) continue;
    Dims expanded = result.shape(), joined = result.shape();
    expanded.insert(i, times[i]);
    joined[i] *= times[i];
    result = result.unsqueeze(i, x.source()).expand(expanded, x.source()).reshape(joined, x.source());
  }
  return result.shares_storage_with(tensor) ? result.clone(x.source()) : result;
}

Tensor pad(const Operand& x, const Dims& before, const Dims& after, double value) {
  const Tensor tensor = x.tensor();
  if (before.size() != tensor.rank() || after.size() != tensor.rank())
    throw OpError("pad: ", before.size(), " and ", after.size(), " numbers for ", tensor.shape());
  return apply_one(OpId::kPad, {tensor}, {{Key::kPadBefore, before}, {Key::kPadAfter, after}, {Key::kValue, value}}, x.source());
}

}  // namespace argent::tensor
