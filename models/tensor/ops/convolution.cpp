// Convolutions of one to three axes, and their adjoints. Each of the three rows is the gradient of the others.

#include "models/tensor/ops/convolution.h"

#include "models/kernels/array_convolution.h"
#include "models/kernels/feature_maps.h"
#include "models/tensor/ops/fast_products.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/ops/spatial.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

// Attributes of all three rows: stride, dilation, pad_before, pad_after (each a number for each spatial axis), groups; of conv_transpose
// shape, the result's spatial sizes; of conv_weight kernel.

constexpr std::int64_t kMostPadded = std::int64_t{1} << 40;

/// Sizes of a convolution's result; throws Error where a window does not fit.
Dims convolved(const Dims& size, const Dims& kernel, const Attributes& a) {
  Dims result;
  std::int64_t all = 1;
  for (int i = 0; i < size.size(); i++) {
    if (kernel[i] < 1 || kernel[i] > kMostStep) throw Error("a window of ", kernel);
    const std::int64_t padded = size[i] + a.dims(Key::kPadBefore)[i] + a.dims(Key::kPadAfter)[i];
    const std::int64_t reach = (kernel[i] - 1) * a.dims(Key::kDilation)[i] + 1;
    if (padded < reach) throw Error("a window of ", reach, " elements on ", padded, " along spatial axis ", i);
    if (__builtin_mul_overflow(all, padded, &all) || all > kMostPadded) throw Error("more than 2^40 elements with their padding");
    result.push_back((padded - reach) / a.dims(Key::kStride)[i] + 1);
  }
  return result;
}

void check_pair(const Tensor& a, const Tensor& b, const Attributes& attributes) {
  if (a.rank() < 3 || a.rank() > 5 || b.rank() != a.rank())
    throw Error("shapes ", a.shape(), " and ", b.shape(), ", expected the same rank of 3 to 5");
  if (a.dtype() == DType::kBool || a.dtype() != b.dtype())
    throw Error("types ", a.dtype(), " and ", b.dtype(), ", expected one type of numbers");
  for (const Key key : {Key::kStride, Key::kDilation}) check_numbers(attributes, key, a.rank() - 2, 1);
  check_numbers(attributes, Key::kPadBefore, a.rank() - 2, 0);
  check_numbers(attributes, Key::kPadAfter, a.rank() - 2, -kMostStep);
  if (attributes.integer(Key::kGroups) < 1) throw Error(attributes.integer(Key::kGroups), " groups");
}

/// Of conv and conv_transpose, the third input if there is one.
void check_bias(const Call& call, std::int64_t channels) {
  if (call.inputs.size() > 2 && !(call.input(2).shape() == Dims{channels}))
    throw Error("a bias of shape ", call.input(2).shape(), ", expected ", channels);
}

void infer_conv(const Call& call, OutputSpecs& outputs) {
  const Tensor &x = call.input(0), &w = call.input(1);
  check_pair(x, w, call.attributes);
  const std::int64_t groups = call.attributes.integer(Key::kGroups);
  if (x.shape()[1] % groups != 0 || w.shape()[0] % groups != 0 || w.shape()[1] * groups != x.shape()[1])
    throw Error("a weight of shape ", w.shape(), " for an input of ", x.shape(), " in ", groups, " groups");
  check_bias(call, w.shape()[0]);
  const Dims size = convolved(spatial_of(x.shape()), spatial_of(w.shape()), call.attributes);
  add_images(outputs, x.shape()[0], w.shape()[0], size, x.dtype());
}

void infer_transpose(const Call& call, OutputSpecs& outputs) {
  const Tensor &x = call.input(0), &w = call.input(1);
  check_pair(x, w, call.attributes);
  const std::int64_t groups = call.attributes.integer(Key::kGroups);
  const Dims& size = call.attributes.dims(Key::kShape);
  if (x.shape()[1] != w.shape()[0] || w.shape()[0] % groups != 0)
    throw Error("a weight of shape ", w.shape(), " for an input of ", x.shape(), " in ", groups, " groups");
  if (size.size() != x.rank() - 2 || !(convolved(size, spatial_of(w.shape()), call.attributes) == spatial_of(x.shape())))
    throw Error("an input of shape ", x.shape(), " is no convolution of ", size);
  check_bias(call, w.shape()[1] * groups);
  add_images(outputs, x.shape()[0], w.shape()[1] * groups, size, x.dtype());
}

void infer_weight(const Call& call, OutputSpecs& outputs) {
  const Tensor &x = call.input(0), &y = call.input(1);
  check_pair(x, y, call.attributes);
  const std::int64_t groups = call.attributes.integer(Key::kGroups);
  const Dims& kernel = call.attributes.dims(Key::kKernel);
  if (x.shape()[0] != y.shape()[0] || x.shape()[1] % groups != 0 || y.shape()[1] % groups != 0)
    throw Error("shapes ", x.shape(), " and ", y.shape(), " in ", groups, " groups");
  if (kernel.size() != x.rank() - 2 || !(convolved(spatial_of(x.shape()), kernel, call.attributes) == spatial_of(y.shape())))
    throw Error("shape ", y.shape(), " is no convolution of ", x.shape(), " with a window of ", kernel);
  outputs.add(shape_of(y.shape()[1], x.shape()[1] / groups, kernel), x.dtype());
}

// ---- kernels --------------------------------------------------------------------------------------------------------------------------

kernels::Windows windows_of(const Attributes& a) {
  kernels::Windows windows;
  windows.stride = kernels::spatial(a.dims(Key::kStride), 1);
  windows.dilation = kernels::spatial(a.dims(Key::kDilation), 1);
  windows.pad = kernels::spatial(a.dims(Key::kPadBefore), 0);
  windows.groups = a.integer(Key::kGroups);
  return windows;
}

/// The three tensors of a row: images x and y = conv(x, w), one of the three is the result.
struct Operands {
  kernels::Solved solved;
  const Tensor &x, &w, &y;
};

Operands operands(OpId id, std::span<const Tensor> inputs, const Tensor& result) {
  if (id == OpId::kConv) return {kernels::Solved::kY, inputs[0], inputs[1], result};
  if (id == OpId::kConvTranspose) return {kernels::Solved::kX, result, inputs[1], inputs[0]};
  return {kernels::Solved::kW, inputs[0], result, inputs[1]};
}

void sum_products(const Call& call, std::span<Tensor> outputs) {
  const auto [solved, x, w, y] = operands(call.op.id, call.inputs, outputs[0]);
  std::optional<kernels::Array> bias;
  if (call.inputs.size() > 2) bias = call.input(2);
  kernels::sum_products(solved, x, w, y, bias, windows_of(call.attributes));
}

bool convolve_fast(const Call& call, std::span<Tensor> outputs) {
  const Tensor& result = outputs[0];
  if (!is_floating(result.dtype())) return false;
  const auto [solved, x, w, y] = operands(call.op.id, call.inputs, result);
  const std::int64_t channels = w.shape()[1] * spatial_of(w.shape()).count();  // under one window
  const DType type = product_type(result.dtype(), y.count() * channels);
  const auto in_x = in_type(x, type), in_w = in_type(w, type), in_y = in_type(y, type);
  const kernels::Converted& sums = solved == kernels::Solved::kX ? in_x : solved == kernels::Solved::kW ? in_w : in_y;
  for (const kernels::Converted* operand : {&in_x, &in_w, &in_y}) {
    if (operand != &sums) operand->from();
  }
  std::optional<kernels::Converted> dense;
  std::optional<kernels::Array> bias;
  if (call.inputs.size() > 2) bias = dense.emplace(call.input(2), type, Dims{1}).from();
  kernels::convolve(solved, in_x.array(), in_w.array(), in_y.array(), bias, windows_of(call.attributes));
  sums.back();
  return true;
}

// ---- gradients ------------------------------------------------------------------------------------------------------------------------

Tensor conv_of(G& c, const Tensor& x, const Tensor& w) { return apply_one(OpId::kConv, {x, w}, c.attributes(), c.source()); }
Tensor transpose_of(G& c, const Tensor& y, const Tensor& w, const Dims& x_shape) {
  return apply_one(OpId::kConvTranspose, {y, w}, c.attributes().with(Key::kShape, spatial_of(x_shape)), c.source());
}
Tensor weight_of(G& c, const Tensor& x, const Tensor& y, const Dims& w_shape) {
  return apply_one(OpId::kConvWeight, {x, y}, c.attributes().with(Key::kKernel, spatial_of(w_shape)), c.source());
}

void bias_gradient(G& c) {
  if (c.input_count() < 3 || !c.wants(2)) return;
  const Tensor g = c.gradient();
  Dims axes{0};
  for (int i = 2; i < g.rank(); i++) axes.push_back(i);
  c.set(2, sum(g, axes));
}

void conv_gradient(G& c) {
  const Tensor g = c.gradient();
  if (c.wants(0)) c.set(0, transpose_of(c, g, c.input(1), c.input_shape(0)));
  if (c.wants(1)) c.set(1, weight_of(c, c.input(0), g, c.input_shape(1)));
  bias_gradient(c);
}

void transpose_gradient(G& c) {
  if (c.wants(0)) c.set(0, conv_of(c, c.gradient(), c.input(1)));
  if (c.wants(1)) c.set(1, weight_of(c, c.gradient(), c.input(0), c.input_shape(1)));
  bias_gradient(c);
}

void weight_gradient(G& c) {
  if (c.wants(0)) c.set(0, transpose_of(c, c.input(1), c.gradient(), c.input_shape(0)));
  if (c.wants(1)) c.set(1, conv_of(c, c.input(0), c.gradient()));
}

// ---- rows -----------------------------------------------------------------------------------------------------------------------------

Attributes steps(const Dims& stride, const Dims& dilation, const Dims& before, const Dims& after, std::int64_t groups) {
  return {{Key::kStride, stride}, {Key::kDilation, dilation}, {Key::kPadBefore, before}, {Key::kPadAfter, after}, {Key::kGroups, groups}};
}

/// Steps and the shapes of x and w, with the shape of y: for all three rows.
struct SampleCase {
  Dims x, w, y;
  Attributes steps;
};

std::vector<SampleCase> sample_cases() {
  return {{{2, 3, 5, 4}, {2, 3, 3, 2}, {2, 2, 5, 4}, steps({1, 1}, {1, 1}, {1, 1}, {1, 0}, 1)},
          {{1, 4, 9}, {6, 2, 3}, {1, 6, 4}, steps({2}, {2}, {1}, {1}, 2)},
          {{1, 2, 3, 4, 3}, {3, 2, 2, 1, 2}, {1, 3, 2, 2, 4}, steps({1, 2, 1}, {1, 1, 1}, {0, 0, 1}, {0, 0, 1}, 1)},
          {{1, 3, 6, 5}, {3, 1, 2, 2}, {1, 3, 2, 2}, steps({3, 3}, {1, 2}, {0, 1}, {0, 0}, 3)},  // the last row is seen by no window
          {{0, 2, 4, 4}, {3, 2, 1, 1}, {0, 3, 4, 4}, steps({1, 1}, {1, 1}, {0, 0}, {0, 0}, 1)}};
}

void conv_samples(SampleList& list) {
  for (const SampleCase& one : sample_cases()) list.add({list.numbers(one.x), list.numbers(one.w)}, one.steps);
  list.add({SampleList::strided(list.numbers({2, 2, 4, 4})), SampleList::strided(list.numbers({5, 2, 3, 3})),
            SampleList::strided(list.numbers({5}))},
           steps({2, 1}, {1, 1}, {1, 1}, {0, 1}, 1));
}
void transpose_samples(SampleList& list) {
  list.add({list.numbers({2, 2, 3, 2}), list.numbers({2, 3, 2, 3}), SampleList::strided(list.numbers({3}))},
           steps({2, 1}, {1, 1}, {1, 1}, {1, 1}, 1).with(Key::kShape, Dims{4, 2}));
  for (const SampleCase& one : sample_cases())
    list.add({list.numbers(one.y), list.numbers(one.w)}, one.steps.with(Key::kShape, spatial_of(one.x)));
}
void weight_samples(SampleList& list) {
  for (const SampleCase& one : sample_cases())
    list.add({list.numbers(one.x), list.numbers(one.y)}, one.steps.with(Key::kKernel, spatial_of(one.w)));
}

constexpr Op conv_row(OpId id, std::string_view name, std::string_view onnx, Infer infer, Gradient gradient, Samples samples) {
  return row(id, name, onnx, TypeRule::kPromote, infer, sum_products, gradient, Saved::kInputs, samples)
      .fast_by(convolve_fast)
      .in(Autocast::kLow);
}

const Op kRows[] = {
    conv_row(OpId::kConv, "conv", "Conv", infer_conv, conv_gradient, conv_samples),
    conv_row(OpId::kConvTranspose, "conv_transpose", "ConvTranspose", infer_transpose, transpose_gradient, transpose_samples),
    conv_row(OpId::kConvWeight, "conv_weight", "", infer_weight, weight_gradient, weight_samples),
};

}  // namespace

std::span<const Op> convolution_ops() { return kRows; }

// ---- functions ------------------------------------------------------------------------------------------------------------------------

namespace {

int spatial_axes(const Tensor& weight) {
  if (weight.rank() < 3 || weight.rank() > 5) throw OpError("conv: a weight of shape ", weight.shape(), ", expected rank 3 to 5");
  return weight.rank() - 2;
}

Attributes attributes_of(const ConvOptions& options, int axes) {
  const Dims before = for_axes("conv", options.padding, axes, "padding");
  return steps(for_axes("conv", options.stride, axes, "stride"), for_axes("conv", options.dilation, axes, "dilation"), before,
               options.padding_after.empty() ? before : for_axes("conv", options.padding_after, axes, "padding_after"), options.groups);
}

/// With a batch axis if it lacks one.
Tensor batched(const Tensor& x, const Tensor& weight, Source at) { return x.rank() == weight.rank() - 1 ? x.unsqueeze(0, at) : x; }

/// Of x and batched x; with a bias if there is one.
Tensor applied(OpId id, const Tensor& x, const Tensor& images, const Tensor& weight, const Tensor& bias, const Attributes& attributes,
               Source at) {
  const Tensor y = bias.defined() ? apply_one(id, {images, weight, bias}, attributes, at) : apply_one(id, {images, weight}, attributes, at);
  return x.rank() == images.rank() ? y : y.squeeze(0, at);
}

}  // namespace

Tensor conv(const Operand& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options) {
  const Attributes attributes = attributes_of(options, spatial_axes(weight));
  const Tensor given = x.tensor();
  return applied(OpId::kConv, given, batched(given, weight, x.source()), weight, bias, attributes, x.source());
}

Tensor conv_transpose(const Operand& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options, const Dims& output_padding) {
  const int axes = spatial_axes(weight);
  const Tensor given = x.tensor(), images = batched(given, weight, x.source());
  const Dims added = for_axes("conv_transpose", output_padding, axes, "output_padding");
  const Attributes attributes = attributes_of(options, axes);
  Dims size, after = attributes.dims(Key::kPadAfter);
  for (int i = 0; i < axes && images.rank() == weight.rank(); i++) {
    const std::int64_t stride = attributes.dims(Key::kStride)[i], dilation = attributes.dims(Key::kDilation)[i];
    if (added[i] < 0 || added[i] >= std::max(stride, dilation))
      throw OpError("conv_transpose: output_padding ", added[i], ", expected less than stride or dilation");
    size.push_back((images.shape()[i + 2] - 1) * stride + (weight.shape()[i + 2] - 1) * dilation + 1 - attributes.dims(Key::kPadBefore)[i] -
                   after[i] + added[i]);
    if (added[i] >= stride) after[i] -= added[i];  // so that the convolution of the result is no longer than x
  }
  return applied(OpId::kConvTranspose, given, images, weight, bias, attributes.with(Key::kPadAfter, after).with(Key::kShape, size),
                 x.source());
}

}  // namespace argent::tensor
