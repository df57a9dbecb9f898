// Copies, writes, and the pieces of a storage that gradients of written views are made of.

#include "models/kernels/copy_elements.h"
#include "models/kernels/movement.h"
#include "models/tensor/ops/rows.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

enum CopyMode : std::int64_t { kKeepOrder, kContiguous, kChannelsLast };

void infer_copy(const Call& call, OutputSpecs& outputs) {
  const Tensor& x = call.input();
  Dims strides;
  const std::int64_t mode = call.attributes.has(Key::kMode) ? call.attributes.integer(Key::kMode) : std::int64_t{kKeepOrder};
  if (mode == kChannelsLast) strides = channels_last_strides(x.shape());
  if (mode == kKeepOrder) strides = pointwise_strides(x.shape(), call.inputs);
  outputs.add(x.shape(), x.dtype(), strides);
}

void copy(const Call& call, std::span<Tensor> outputs) { kernels::copy_elements(outputs[0], call.input()); }

void copy_gradient(G& c) { c.set(0, c.gradient()); }

std::optional<ViewSpec> view_all(const Call& call) { return ViewSpec{call.input().shape(), call.input().strides()}; }

void write_elements(const Call& call, std::span<Tensor> outputs) { kernels::copy_elements(outputs[0], call.input(1)); }

// A piece of a tensor, as strides over the tensor's own: attributes of the three rows below.
//   shape, strides, offset: of the piece, in elements, from the tensor's first
//   base_strides: the strides of the whole that they were counted on

/// The piece in a tensor of the recorded strides; `whole` has them.
kernels::Array piece(const Tensor& whole, const Attributes& a) {
  return kernels::window(whole, a.dims(Key::kShape), a.dims(Key::kStrides), a.integer(Key::kOffset));
}

void infer_take(const Call& call, OutputSpecs& outputs) { outputs.add(call.attributes.dims(Key::kShape), call.input().dtype()); }

void take_piece(const Call& call, std::span<Tensor> outputs) {
  const Tensor whole = empty(call.input().shape(), call.input().dtype(), call.attributes.dims(Key::kBaseStrides));
  kernels::copy_elements(whole, call.input());
  kernels::copy_elements(outputs[0], piece(whole, call.attributes));
}

void take_gradient(G& c) {
  c.set(0, apply_one(OpId::kAsStridedAdd, {c.gradient()}, c.attributes().with(Key::kBaseShape, c.input_shape()), c.source()));
}

void infer_add(const Call& call, OutputSpecs& outputs) {
  outputs.add(call.attributes.dims(Key::kBaseShape), call.input().dtype(), call.attributes.dims(Key::kBaseStrides));
}

/// Zeros with the piece's elements added; those that repeat an element are summed.
void add_piece(const Call& call, std::span<Tensor> outputs) {
  kernels::clear(outputs[0]);
  kernels::add_meeting(piece(outputs[0], call.attributes), call.input());
}

void add_gradient(G& c) { c.set(0, apply_one(OpId::kAsStrided, {c.gradient()}, c.attributes(), c.source())); }

void infer_replace(const Call& call, OutputSpecs& outputs) {
  outputs.add(call.input().shape(), call.input().dtype(), call.attributes.dims(Key::kBaseStrides));
}

void replace_piece(const Call& call, std::span<Tensor> outputs) {
  kernels::copy_elements(outputs[0], call.input(0));
  kernels::copy_elements(piece(outputs[0], call.attributes), call.input(1));
}

void replace_gradient(G& c) {
  const Attributes& a = c.attributes();
  if (c.wants(0)) c.set(0, apply_one(OpId::kAsStridedScatter, {c.gradient(), zeros(c.input_shape(1), c.input_dtype(1))}, a, c.source()));
  if (c.wants(1)) c.set(1, apply_one(OpId::kAsStrided, {c.gradient()}, a, c.source()));
}

void copy_samples(SampleList& list) {
  list.add({list.numbers({2, 3}).transpose(0, 1)});
  list.add({list.numbers({2, 3}).transpose(0, 1)}, {{Key::kMode, std::int64_t{kContiguous}}});
  list.add({list.numbers({1, 2, 3, 4})}, {{Key::kMode, std::int64_t{kChannelsLast}}});
}
void detach_samples(SampleList& list) { list.add({list.numbers({2, 3})}); }
void assign_samples(SampleList& list) { list.add({list.numbers({2, 3}), list.numbers({2, 3})}); }

/// Every other column of a 3 x 4 that lies transposed.
Attributes sample_piece() {
  return {{Key::kShape, Dims{3, 2}}, {Key::kStrides, Dims{1, 6}}, {Key::kOffset, 3}, {Key::kBaseStrides, Dims{1, 3}}};
}
void take_samples(SampleList& list) { list.add({list.numbers({3, 4})}, sample_piece()); }
void add_samples(SampleList& list) { list.add({list.numbers({3, 2})}, sample_piece().with(Key::kBaseShape, Dims{3, 4})); }
void replace_samples(SampleList& list) { list.add({list.numbers({3, 4}), list.numbers({3, 2})}, sample_piece()); }

const Op kRows[] = {
    row(OpId::kCopy, "copy", "Identity", TypeRule::kOwn, infer_copy, copy, copy_gradient, Saved::kNothing, copy_samples),
    {.id = OpId::kDetach, .name = "detach", .view = view_all, .onnx = "Identity", .samples = detach_samples},
    {.id = OpId::kAssign, .name = "assign", .writes = true, .reference = write_elements, .samples = assign_samples},
    row(OpId::kAsStrided, "as_strided", "", TypeRule::kOwn, infer_take, take_piece, take_gradient, Saved::kNothing, take_samples),
    row(OpId::kAsStridedAdd, "as_strided_add", "", TypeRule::kOwn, infer_add, add_piece, add_gradient, Saved::kNothing, add_samples),
    row(OpId::kAsStridedScatter, "as_strided_scatter", "", TypeRule::kOwn, infer_replace, replace_piece, replace_gradient, Saved::kNothing,
        replace_samples),
};

}  // namespace

std::span<const Op> strided_ops() { return kRows; }

Tensor Tensor::detach() const { return apply_one(OpId::kDetach, {*this}, {}); }
Tensor Tensor::clone(Source at) const { return apply_one(OpId::kCopy, {*this}, at); }
Tensor Tensor::contiguous(Source at) const {
  return is_contiguous() ? *this : apply_one(OpId::kCopy, {*this}, {{Key::kMode, std::int64_t{kContiguous}}}, at);
}
Tensor Tensor::channels_last(Source at) const {
  if (rank() < 3) throw OpError("channels_last: a tensor of shape ", shape(), ", expected rank 3 or more");
  return is_channels_last() ? *this : apply_one(OpId::kCopy, {*this}, {{Key::kMode, std::int64_t{kChannelsLast}}}, at);
}

Tensor& Tensor::assign(const Operand& other) {
  const Source at = other.source();
  Tensor value = (other.is_number() ? other.beside(dtype()) : *other).to(dtype(), at);
  if (!(value.shape() == shape())) value = value.expand(shape(), at);
  // What is read must not be what is written before it was read.
  if (value.shares_storage_with(*this) && value.state() != state()) value = value.clone(at);
  apply_one(OpId::kAssign, {*this, value}, at);
  return *this;
}

}  // namespace argent::tensor
