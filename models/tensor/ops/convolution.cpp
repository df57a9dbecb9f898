// Convolutions of one to three axes, and their adjoints. Each of the three rows is the gradient of the others.

#include "models/tensor/ops/convolution.h"

#include "models/kernels/convolution.h"
#include "models/kernels/element_loops.h"
#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/fast_products.h"
#include "models/tensor/ops/kernel_resources.h"
#include "models/tensor/ops/spatial.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

// Attributes of all three rows: stride, dilation, pad_before, pad_after (each a number for each spatial axis), groups.

constexpr std::int64_t kMostStep = std::int64_t{1} << 31;
constexpr std::int64_t kMostPadded = std::int64_t{1} << 40;

void check_steps(const Attributes& a, int axes) {
  const auto check = [&](Key key, std::int64_t low) {
    const Dims& values = a.dims(key);
    if (values.size() != axes)
      throw Error(std::to_string(values.size()) + " numbers as " + std::string(name_of(key)) + ", expected " + std::to_string(axes));
    for (std::int64_t value : values) {
      if (value < low || value > kMostStep) throw Error(std::string(name_of(key)) + " " + std::to_string(value));
    }
  };
  check(Key::kStride, 1);
  check(Key::kDilation, 1);
  check(Key::kPadBefore, 0);
  check(Key::kPadAfter, -kMostStep);
  if (a.integer(Key::kGroups) < 1) throw Error(std::to_string(a.integer(Key::kGroups)) + " groups");
}

/// Sizes of a convolution's result; throws Error where a window does not fit.
Dims convolved(const Dims& size, const Dims& kernel, const Attributes& a) {
  Dims result;
  std::int64_t all = 1;
  for (int i = 0; i < size.size(); i++) {
    if (kernel[i] < 1 || kernel[i] > kMostStep) throw Error("a window of " + to_text(kernel));
    const std::int64_t padded = size[i] + a.dims(Key::kPadBefore)[i] + a.dims(Key::kPadAfter)[i];
    const std::int64_t reach = (kernel[i] - 1) * a.dims(Key::kDilation)[i] + 1;
    if (padded < reach)
      throw Error("a window of " + std::to_string(reach) + " elements on " + std::to_string(padded) + " along spatial axis " +
                  std::to_string(i));
    if (__builtin_mul_overflow(all, padded, &all) || all > kMostPadded) throw Error("more than 2^40 elements with their padding");
    result.push_back((padded - reach) / a.dims(Key::kStride)[i] + 1);
  }
  return result;
}

void check_pair(const Tensor& a, const Tensor& b, const Attributes& attributes) {
  if (a.rank() < 3 || a.rank() > 5 || b.rank() != a.rank())
    throw Error("shapes " + to_text(a.shape()) + " and " + to_text(b.shape()) + ", expected the same rank of 3 to 5");
  if (a.dtype() == DType::kBool || a.dtype() != b.dtype())
    throw Error("types " + std::string(name_of(a.dtype())) + " and " + std::string(name_of(b.dtype())) + ", expected one type of numbers");
  check_steps(attributes, a.rank() - 2);
}

/// Of conv and conv_transpose, the third input if there is one.
void check_bias(const Call& call, std::int64_t channels) {
  if (call.inputs.size() > 2 && !(call.input(2).shape() == Dims{channels}))
    throw Error("a bias of shape " + to_text(call.input(2).shape()) + ", expected " + std::to_string(channels));
}

void infer_conv(const Call& call, OutputSpecs& outputs) {
  const Tensor &x = call.input(0), &w = call.input(1);
  check_pair(x, w, call.attributes);
  const std::int64_t groups = call.attributes.integer(Key::kGroups);
  if (x.shape()[1] % groups != 0 || w.shape()[0] % groups != 0 || w.shape()[1] * groups != x.shape()[1])
    throw Error("a weight of shape " + to_text(w.shape()) + " for an input of " + to_text(x.shape()) + " in " + std::to_string(groups) +
                " groups");
  check_bias(call, w.shape()[0]);
  const Dims shape = shape_of(x.shape()[0], w.shape()[0], convolved(spatial_of(x.shape()), spatial_of(w.shape()), call.attributes));
  outputs.add(shape, x.dtype(), channels_last_strides(shape));
}

void infer_transpose(const Call& call, OutputSpecs& outputs) {
  const Tensor &x = call.input(0), &w = call.input(1);
  check_pair(x, w, call.attributes);
  const std::int64_t groups = call.attributes.integer(Key::kGroups);
  const Dims& size = call.attributes.dims(Key::kShape);
  if (x.shape()[1] != w.shape()[0] || w.shape()[0] % groups != 0)
    throw Error("a weight of shape " + to_text(w.shape()) + " for an input of " + to_text(x.shape()) + " in " + std::to_string(groups) +
                " groups");
  if (size.size() != x.rank() - 2 || !(convolved(size, spatial_of(w.shape()), call.attributes) == spatial_of(x.shape())))
    throw Error("an input of shape " + to_text(x.shape()) + " is no convolution of " + to_text(size));
  check_bias(call, w.shape()[1] * groups);
  const Dims shape = shape_of(x.shape()[0], w.shape()[1] * groups, size);
  outputs.add(shape, x.dtype(), channels_last_strides(shape));
}

void infer_weight(const Call& call, OutputSpecs& outputs) {
  const Tensor &x = call.input(0), &y = call.input(1);
  check_pair(x, y, call.attributes);
  const std::int64_t groups = call.attributes.integer(Key::kGroups);
  const Dims& kernel = call.attributes.dims(Key::kKernel);
  if (x.shape()[0] != y.shape()[0] || x.shape()[1] % groups != 0 || y.shape()[1] % groups != 0)
    throw Error("shapes " + to_text(x.shape()) + " and " + to_text(y.shape()) + " in " + std::to_string(groups) + " groups");
  if (kernel.size() != x.rank() - 2 || !(convolved(spatial_of(x.shape()), kernel, call.attributes) == spatial_of(y.shape())))
    throw Error("shape " + to_text(y.shape()) + " is no convolution of " + to_text(x.shape()) + " with a window of " + to_text(kernel));
  outputs.add(shape_of(y.shape()[1], x.shape()[1] / groups, kernel), x.dtype());
}

// ---- kernels --------------------------------------------------------------------------------------------------------------------------

template <class T, class Data = T>
kernels::Weights<Data> weights(const Tensor& w) {
  const std::span<const std::int64_t> step(w.strides());
  return {w.raw_as<T>(), step[0], step[1], spatial(step.subspan(2), 0)};
}

kernels::Windows windows(const Attributes& a, const Tensor& w, std::int64_t batch) {
  return {spatial(std::span<const std::int64_t>(w.shape()).subspan(2), 1),
          spatial(a.dims(Key::kStride), 1),
          spatial(a.dims(Key::kDilation), 1),
          spatial(a.dims(Key::kPadBefore), 0),
          a.integer(Key::kGroups),
          batch};
}

/// The three tensors of a row: images x and y = conv(x, w), one of the three is the result.
struct Operands {
  const Tensor &x, &w, &y;
};

Operands operands(const Call& call, const Tensor& result) {
  if (call.op.id == OpId::kConv) return {call.input(0), call.input(1), result};
  if (call.op.id == OpId::kConvTranspose) return {result, call.input(1), call.input(0)};
  return {call.input(0), result, call.input(1)};
}

/// Calls product(x, w, y) with the places of all elements that meet.
template <class T, class F>
void for_each_product(const kernels::Windows& windows, const kernels::FeatureMaps<T>& x, const kernels::Weights<T>& w,
                      const kernels::FeatureMaps<T>& y, F&& product) {
  const std::int64_t channels = x.channels / windows.groups, outputs = y.channels / windows.groups;
  const auto axis = [&](std::size_t i, std::int64_t x_at, std::int64_t w_at, std::int64_t y_at, auto&& next) {
    for (std::int64_t p = 0; p < y.size[i]; p++) {
      for (std::int64_t k = 0; k < windows.kernel[i]; k++) {
        const std::int64_t position = p * windows.stride[i] + k * windows.dilation[i] - windows.pad[i];
        if (position >= 0 && position < x.size[i]) next(x_at + position * x.step[i], w_at + k * w.step[i], y_at + p * y.step[i]);
      }
    }
  };
  for (std::int64_t n = 0; n < windows.batch; n++) {
    for (std::int64_t o = 0; o < y.channels; o++) {
      for (std::int64_t c = 0; c < channels; c++) {
        const std::int64_t x_at = n * x.batch_step + (o / outputs * channels + c) * x.channel_step;
        axis(0, x_at, o * w.output_step + c * w.channel_step, n * y.batch_step + o * y.channel_step,
             [&](auto... at0) { axis(1, at0..., [&](auto... at1) { axis(2, at1..., product); }); });
      }
    }
  }
}

/// Floating types in f64, rounded once; integers wrap around.
void sum_products(const Call& call, std::span<Tensor> outputs) {
  const Tensor& result = outputs[0];
  const auto [x, w, y] = operands(call, result);
  with_type_of<Domain::kNumbers>(result.dtype(), [&]<class T>() {
    using Sum = std::conditional_t<is_floating(dtype_of<T>()), double, std::uint64_t>;
    std::vector<Sum> sums(static_cast<std::size_t>(result.count()), Sum{0});
    const auto xs = feature_maps<T>(x), ys = feature_maps<T>(y);
    const auto ws = weights<T>(w);
    const auto product = [&](const auto& a, const auto& b, std::int64_t a_at, std::int64_t b_at, std::int64_t to) {
      sums[static_cast<std::size_t>(to)] += static_cast<Sum>(a.data[a_at]) * static_cast<Sum>(b.data[b_at]);
    };
    for_each_product(windows(call.attributes, w, x.shape()[0]), xs, ws, ys, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
      if (call.op.id == OpId::kConv)
        product(xs, ws, i, j, k);
      else if (call.op.id == OpId::kConvTranspose)
        product(ys, ws, k, j, i);
      else
        product(xs, ys, i, k, j);
    });
    const std::int64_t channels = result.shape()[1];  // of images, the fastest axis
    for (std::int64_t i = 0; i < result.count(); i++) {
      Sum sum = sums[static_cast<std::size_t>(i)];
      if (call.inputs.size() > 2) sum += static_cast<Sum>(call.input(2).raw_as<T>()[i % channels * call.input(2).strides()[0]]);
      result.raw_as<T>()[i] = static_cast<T>(static_cast<Computed<T>>(sum));
    }
  });
}

template <class T>
void convolve(const Call& call, const Operands& operands, const Tensor& bias) {
  const kernels::Resources resources = kernel_resources();
  const auto [x, w, y] = operands;
  const kernels::Windows at = windows(call.attributes, w, x.shape()[0]);
  if (call.op.id == OpId::kConvTranspose)
    kernels::convolve_transposed<T>(resources, at, feature_maps<T, const T>(y), weights<T, const T>(w),
                                    bias.defined() ? bias.raw_as<T>() : nullptr, feature_maps<T>(x));
  else if (call.op.id == OpId::kConvWeight)
    kernels::convolve_weights<T>(resources, at, feature_maps<T, const T>(x), feature_maps<T, const T>(y), weights<T>(w));
  else
    kernels::convolve<T>(resources, at, feature_maps<T, const T>(x), weights<T, const T>(w), bias.defined() ? bias.raw_as<T>() : nullptr,
                         feature_maps<T>(y));
}

bool convolve_fast(const Call& call, std::span<Tensor> outputs) {
  const Tensor& result = outputs[0];
  if (!is_floating(result.dtype())) return false;
  const Operands given = operands(call, result);
  const std::int64_t channels = given.w.shape()[1] * spatial_of(given.w.shape()).count();  // under one window
  const DType type = product_type(result.dtype(), given.y.count() * channels);
  const Tensor sums = result.dtype() == type ? result : empty(result.shape(), type, result.strides());
  const Tensor inputs[] = {in_type(call.input(0), type), in_type(call.input(1), type)};
  Tensor bias;
  if (call.inputs.size() > 2) {
    bias = empty(call.input(2).shape(), type);
    convert_elements(bias, call.input(2));
  }
  const Operands wide = operands({call.op, inputs, call.attributes}, sums);
  if (type == DType::kF64)
    convolve<double>(call, wide, bias);
  else
    convolve<float>(call, wide, bias);
  if (result.dtype() != type) convert_elements(result, sums);
  return true;
}

// ---- gradients ------------------------------------------------------------------------------------------------------------------------

Attributes steps_of(const Attributes& a) {
  return {{Key::kStride, a.dims(Key::kStride)},
          {Key::kDilation, a.dims(Key::kDilation)},
          {Key::kPadBefore, a.dims(Key::kPadBefore)},
          {Key::kPadAfter, a.dims(Key::kPadAfter)},
          {Key::kGroups, a.integer(Key::kGroups)}};
}
Attributes steps_and(const Attributes& a, Key key, const Dims& dims) {
  return {{Key::kStride, a.dims(Key::kStride)},     {Key::kDilation, a.dims(Key::kDilation)}, {Key::kPadBefore, a.dims(Key::kPadBefore)},
          {Key::kPadAfter, a.dims(Key::kPadAfter)}, {Key::kGroups, a.integer(Key::kGroups)},  {key, dims}};
}

Tensor conv_of(G& c, const Tensor& x, const Tensor& w) { return apply_one(OpId::kConv, {x, w}, steps_of(c.attributes()), c.source()); }
Tensor transpose_of(G& c, const Tensor& y, const Tensor& w, const Dims& x_shape) {
  return apply_one(OpId::kConvTranspose, {y, w}, steps_and(c.attributes(), Key::kShape, spatial_of(x_shape)), c.source());
}
Tensor weight_of(G& c, const Tensor& x, const Tensor& y, const Dims& w_shape) {
  return apply_one(OpId::kConvWeight, {x, y}, steps_and(c.attributes(), Key::kKernel, spatial_of(w_shape)), c.source());
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
           steps_and(steps({2, 1}, {1, 1}, {1, 1}, {1, 1}, 1), Key::kShape, {4, 2}));
  for (const SampleCase& one : sample_cases())
    list.add({list.numbers(one.y), list.numbers(one.w)}, steps_and(one.steps, Key::kShape, spatial_of(one.x)));
}
void weight_samples(SampleList& list) {
  for (const SampleCase& one : sample_cases())
    list.add({list.numbers(one.x), list.numbers(one.y)}, steps_and(one.steps, Key::kKernel, spatial_of(one.w)));
}

constexpr Op row(OpId id, std::string_view name, void (*infer)(const Call&, OutputSpecs&), void (*gradient)(G&), std::string_view onnx,
                 void (*samples)(SampleList&)) {
  return {.id = id,
          .name = name,
          .types = TypeRule::kPromote,
          .infer = infer,
          .reference = sum_products,
          .fast = convolve_fast,
          .gradient = gradient,
          .saved = Saved::kInputs,
          .autocast = Autocast::kLow,
          .onnx = onnx,
          .samples = samples};
}

const Op kRows[] = {
    row(OpId::kConv, "conv", infer_conv, conv_gradient, "Conv", conv_samples),
    row(OpId::kConvTranspose, "conv_transpose", infer_transpose, transpose_gradient, "ConvTranspose", transpose_samples),
    row(OpId::kConvWeight, "conv_weight", infer_weight, weight_gradient, "", weight_samples),
};

}  // namespace

std::span<const Op> convolution_ops() { return kRows; }

// ---- functions ------------------------------------------------------------------------------------------------------------------------

namespace {

Attributes attributes_of(const ConvOptions& options, int axes) try {
  const Dims before = for_axes(options.padding, axes, "padding");
  return steps(for_axes(options.stride, axes, "stride"), for_axes(options.dilation, axes, "dilation"), before,
               options.padding_after.empty() ? before : for_axes(options.padding_after, axes, "padding_after"), options.groups);
} catch (const Error& error) {
  throw OpError(std::string("conv: ") + error.what());
}

/// With a batch axis if it lacks one.
Tensor batched(const Tensor& x, const Tensor& weight, Source at) { return x.rank() == weight.rank() - 1 ? x.unsqueeze(0, at) : x; }

int spatial_axes(const Tensor& weight) {
  if (weight.rank() < 3 || weight.rank() > 5)
    throw OpError("conv: a weight of shape " + to_text(weight.shape()) + ", expected rank 3 to 5");
  return weight.rank() - 2;
}

}  // namespace

Tensor conv(const Operand& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options) {
  const Source at = x.source();
  const Attributes attributes = attributes_of(options, spatial_axes(weight));
  const Tensor given = x.tensor(), images = batched(given, weight, at);
  const Tensor y = bias.defined() ? apply_one(OpId::kConv, {images, weight, bias}, attributes, at)
                                  : apply_one(OpId::kConv, {images, weight}, attributes, at);
  return given.rank() == images.rank() ? y : y.squeeze(0, at);
}

Tensor conv_transpose(const Operand& x, const Tensor& weight, const Tensor& bias, const ConvOptions& options, const Dims& output_padding) {
  const Source at = x.source();
  const int axes = spatial_axes(weight);
  const Tensor given = x.tensor(), images = batched(given, weight, at);
  const Dims added = for_axes(output_padding, axes, "output_padding");
  Attributes attributes = attributes_of(options, axes);
  Dims size, after = attributes.dims(Key::kPadAfter);
  for (int i = 0; i < axes && images.rank() == weight.rank(); i++) {
    const std::int64_t stride = attributes.dims(Key::kStride)[i], dilation = attributes.dims(Key::kDilation)[i];
    if (added[i] < 0 || added[i] >= std::max(stride, dilation))
      throw OpError("conv_transpose: output_padding " + std::to_string(added[i]) + ", expected less than stride or dilation");
    size.push_back((images.shape()[i + 2] - 1) * stride + (weight.shape()[i + 2] - 1) * dilation + 1 - attributes.dims(Key::kPadBefore)[i] -
                   after[i] + added[i]);
    if (added[i] >= stride) after[i] -= added[i];  // so that the convolution of the result is no longer than x
  }
  attributes = steps_and(steps(attributes.dims(Key::kStride), attributes.dims(Key::kDilation), attributes.dims(Key::kPadBefore), after,
                               attributes.integer(Key::kGroups)),
                         Key::kShape, size);
  const Tensor y = bias.defined() ? apply_one(OpId::kConvTranspose, {images, weight, bias}, attributes, at)
                                  : apply_one(OpId::kConvTranspose, {images, weight}, attributes, at);
  return given.rank() == images.rank() ? y : y.squeeze(0, at);
}

}  // namespace argent::tensor
