// Copies, writes, and the pieces of a storage that gradients of written views are made of.

#include <cstring>

#include "models/kernels/copy_elements.h"
#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/operand.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/samples.h"

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

// A piece of a tensor, as strides over the tensor's own: attributes of the three rows below.
//   shape, strides, offset: of the piece, in elements, from the tensor's first
//   base_strides: the strides of the whole that they were counted on

Attributes piece_of(const Attributes& a) {
  return {{Key::kShape, a.dims(Key::kShape)},
          {Key::kStrides, a.dims(Key::kStrides)},
          {Key::kOffset, a.integer(Key::kOffset)},
          {Key::kBaseStrides, a.dims(Key::kBaseStrides)}};
}

/// The piece in a tensor of the recorded strides; `whole` has them.
kernels::Array piece(const Tensor& whole, const Attributes& a) {
  return window(whole, a.dims(Key::kShape), a.dims(Key::kStrides), a.integer(Key::kOffset));
}

/// `x` on the strides that the piece was counted on.
Tensor on_base_strides(const Tensor& x, const Attributes& a) {
  Tensor whole = empty(x.shape(), x.dtype(), a.dims(Key::kBaseStrides));
  copy_elements(whole, x);
  return whole;
}

void take_piece(const Call& call, std::span<Tensor> outputs) {
  copy_elements(outputs[0], piece(on_base_strides(call.input(), call.attributes), call.attributes));
}

/// Zeros with the piece's elements added; those that repeat an element are summed.
void add_piece(const Call& call, std::span<Tensor> outputs) {
  std::memset(outputs[0].raw(), 0, static_cast<std::size_t>(outputs[0].count()) * size_of(outputs[0].dtype()));
  with_type(call.input().dtype(), [&]<class T>() {
    const kernels::Array target = piece(outputs[0], call.attributes);
    // One thread: elements may meet.
    auto operands = strided_bytes(target, call.input());
    const Dims& shape = target.shape();
    for (std::int64_t i = 0; i < shape.count(); i++) {
      std::int64_t rest = i, to = 0, from = 0;
      for (int axis = shape.size() - 1; axis >= 0; axis--) {
        to += rest % shape[axis] * operands.strides[0][axis];
        from += rest % shape[axis] * operands.strides[1][axis];
        rest /= shape[axis];
      }
      T& sum = *reinterpret_cast<T*>(operands.data[0] + to);
      sum = static_cast<T>(sum + *reinterpret_cast<const T*>(operands.data[1] + from));
    }
  });
}

void replace_piece(const Call& call, std::span<Tensor> outputs) {
  copy_elements(outputs[0], call.input(0));
  copy_elements(piece(outputs[0], call.attributes), call.input(1));
}

Tensor add_piece_to_zeros(const Tensor& gradient, const Dims& base_shape, const Attributes& a, Source source) {
  return apply_one(OpId::kAsStridedAdd, {gradient},
                   {{Key::kShape, a.dims(Key::kShape)},
                    {Key::kStrides, a.dims(Key::kStrides)},
                    {Key::kOffset, a.integer(Key::kOffset)},
                    {Key::kBaseStrides, a.dims(Key::kBaseStrides)},
                    {Key::kBaseShape, base_shape}},
                   source);
}

void write_elements(const Call& call, std::span<Tensor> outputs) { copy_elements(outputs[0], call.input(1)); }

/// Every other column of a 3 x 4 that lies transposed.
const Attributes& sample_piece() {
  static const Attributes piece = {
      {Key::kShape, Dims{3, 2}}, {Key::kStrides, Dims{1, 6}}, {Key::kOffset, 3}, {Key::kBaseStrides, Dims{1, 3}}};
  return piece;
}

const Op kRows[] = {
    {.id = OpId::kCopy,
     .name = "copy",
     .infer = infer_copy,
     .reference = [](const Call& call, std::span<Tensor> outputs) { copy_elements(outputs[0], call.input()); },
     .gradient = [](G& c) { c.set(0, c.gradient()); },
     .onnx = "Identity",
     .samples =
         [](SampleList& list) {
           list.add({list.numbers({2, 3}).transpose(0, 1)});
           list.add({list.numbers({2, 3}).transpose(0, 1)}, {{Key::kMode, std::int64_t{kContiguous}}});
           list.add({list.numbers({1, 2, 3, 4})}, {{Key::kMode, std::int64_t{kChannelsLast}}});
         }},
    {.id = OpId::kDetach,
     .name = "detach",
     .view =
         [](const Call& call) {
           return std::optional(ViewSpec{call.input().shape(), call.input().strides()});
         },
     .onnx = "Identity",
     .samples =
         [](SampleList& list) {
           list.add({list.numbers({2, 3})});
         }},
    {.id = OpId::kAssign,
     .name = "assign",
     .writes = true,
     .reference = write_elements,
     .samples =
         [](SampleList& list) {
           list.add({list.numbers({2, 3}), list.numbers({2, 3})});
         }},
    {.id = OpId::kAsStrided,
     .name = "as_strided",
     .infer = [](const Call& call, OutputSpecs& outputs) { outputs.add(call.attributes.dims(Key::kShape), call.input().dtype()); },
     .reference = take_piece,
     .gradient = [](G& c) { c.set(0, add_piece_to_zeros(c.gradient(), c.input_shape(), c.attributes(), c.source())); },
     .samples =
         [](SampleList& list) {
           list.add({list.numbers({3, 4})}, sample_piece());
         }},
    {.id = OpId::kAsStridedAdd,
     .name = "as_strided_add",
     .infer =
         [](const Call& call, OutputSpecs& outputs) {
           outputs.add(call.attributes.dims(Key::kBaseShape), call.input().dtype(), call.attributes.dims(Key::kBaseStrides));
         },
     .reference = add_piece,
     .gradient = [](G& c) { c.set(0, apply_one(OpId::kAsStrided, {c.gradient()}, piece_of(c.attributes()), c.source())); },
     .samples =
         [](SampleList& list) {
           list.add({list.numbers({3, 2})}, {{Key::kShape, Dims{3, 2}},
                                             {Key::kStrides, Dims{1, 6}},
                                             {Key::kOffset, 3},
                                             {Key::kBaseStrides, Dims{1, 3}},
                                             {Key::kBaseShape, Dims{3, 4}}});
         }},
    {.id = OpId::kAsStridedScatter,
     .name = "as_strided_scatter",
     .infer =
         [](const Call& call, OutputSpecs& outputs) {
           outputs.add(call.input().shape(), call.input().dtype(), call.attributes.dims(Key::kBaseStrides));
         },
     .reference = replace_piece,
     .gradient =
         [](G& c) {
           const Attributes part = piece_of(c.attributes());
           if (c.wants(0))
             c.set(0, apply_one(OpId::kAsStridedScatter, {c.gradient(), zeros(c.input_shape(1), c.input_dtype(1))}, part, c.source()));
           if (c.wants(1)) c.set(1, apply_one(OpId::kAsStrided, {c.gradient()}, part, c.source()));
         },
     .samples =
         [](SampleList& list) {
           list.add({list.numbers({3, 4}), list.numbers({3, 2})}, sample_piece());
         }},
};

}  // namespace

std::span<const Op> strided_ops() { return kRows; }

Tensor Tensor::detach() const { return apply_one(OpId::kDetach, {*this}, {}); }
Tensor Tensor::clone(Source at) const { return apply_one(OpId::kCopy, {*this}, at); }
Tensor Tensor::contiguous(Source at) const {
  return is_contiguous() ? *this : apply_one(OpId::kCopy, {*this}, {{Key::kMode, std::int64_t{kContiguous}}}, at);
}
Tensor Tensor::channels_last(Source at) const {
  if (rank() < 3) throw OpError("channels_last: a tensor of shape " + to_text(shape()) + ", expected rank 3 or more");
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
