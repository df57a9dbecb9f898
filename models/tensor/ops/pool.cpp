// Windows reduced to one number.

#include "models/tensor/ops/pool.h"

#include "models/kernels/pool.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/ops/spatial.h"
#include "models/tensor/ops/wide.h"

namespace argent::tensor {
namespace {

// Attributes of pools: shape (of the result), and kernel, stride, pad_before, pad_after, dilation, or none of these when adaptive.
// Averages: mode 1 when padding count, value: the divisor, or 0. Of adjoints shape is that of the pool's input.

kernels::Pooling pooling_of(const Attributes& a) {
  const auto dims = [&](Key key) { return a.has(key) ? a.dims(key) : Dims{}; };
  return {dims(Key::kKernel),   dims(Key::kStride),         dims(Key::kPadBefore), dims(Key::kPadAfter),
          dims(Key::kDilation), a.integer(Key::kMode) != 0, a.number(Key::kValue)};
}

/// Whether the attributes' shape is that of the windows' results, or that of what they see.
enum class Direction { kForward, kAdjoint };

/// Images of the attributes' shape. Throws Error unless there is one number for each spatial axis in all that is named, and each window
/// sees an element.
void infer_images(const Call& call, OutputSpecs& outputs, Direction direction) {
  const Tensor& x = call.input();
  const Attributes& a = call.attributes;
  if (x.rank() < 3 || x.rank() > 5) throw Error("a tensor of shape ", x.shape(), ", expected rank 3 to 5");
  const Dims own = spatial_of(x.shape()), &shape = a.dims(Key::kShape);
  check_numbers(a, Key::kShape, own.size(), 0);
  if (a.has(Key::kKernel)) {
    for (const Key key : {Key::kKernel, Key::kStride, Key::kDilation}) check_numbers(a, key, own.size(), 1);
    for (const Key key : {Key::kPadBefore, Key::kPadAfter}) check_numbers(a, key, own.size(), 0);
  }
  const bool forward = direction == Direction::kForward;
  kernels::check_windows(pooling_of(a), forward ? own : shape, forward ? shape : own);
  add_images(outputs, x.shape()[0], x.shape()[1], shape, x.dtype());
}

void infer_max(const Call& call, OutputSpecs& outputs) {
  infer_images(call, outputs, Direction::kForward);
  outputs.add(outputs[0].shape, DType::kI64, outputs[0].strides);
}

template <Direction kDirection>
void infer_average(const Call& call, OutputSpecs& outputs) {
  infer_images(call, outputs, kDirection);
  const DType type = call.input().dtype();
  if (!is_floating(type)) throw Error("a mean of numbers of type ", type, ", expected a floating type");
}

/// Of both below: numbers and indices [N, C, spatial] into the flattened spatial axes of images of `size`.
void check_indices(const Tensor& x, const Tensor& indices, const Dims& size) {
  if (indices.dtype() != DType::kI64) throw Error("indices of type ", indices.dtype(), ", expected i64");
  if (x.rank() < 3 || x.rank() > 5 || size.size() != x.rank() - 2) throw Error("a tensor of shape ", x.shape(), " and a size of ", size);
}

void infer_unpool(const Call& call, OutputSpecs& outputs) {
  const Tensor &x = call.input(0), &indices = call.input(1);
  const Dims& size = call.attributes.dims(Key::kShape);
  check_indices(x, indices, size);
  if (!(x.shape() == indices.shape())) throw Error("numbers of shape ", x.shape(), " at indices of shape ", indices.shape());
  add_images(outputs, x.shape()[0], x.shape()[1], size, x.dtype());
}

void infer_unpool_adjoint(const Call& call, OutputSpecs& outputs) {
  const Tensor &x = call.input(0), &indices = call.input(1);
  check_indices(indices, indices, spatial_of(x.shape()));
  if (x.shape()[0] != indices.shape()[0] || x.shape()[1] != indices.shape()[1])
    throw Error("indices of shape ", indices.shape(), " into ", x.shape());
  outputs.add(indices.shape(), x.dtype(), channels_last_strides(indices.shape()));
}

// ---- gradients ------------------------------------------------------------------------------------------------------------------------

Tensor scatter_of(const Tensor& x, const Tensor& indices, const Dims& size, Source at) {
  return apply_one(OpId::kPoolScatter, {x, indices}, {{Key::kShape, size}}, at);
}

void max_gradient(GradientCall& c) { c.set(0, scatter_of(c.gradient(), c.output(1), spatial_of(c.input_shape()), c.source())); }
void unpool_gradient(GradientCall& c) { c.set(0, apply_one(OpId::kPoolGather, {c.gradient(), c.input(1)}, c.source())); }
void unpool_adjoint_gradient(GradientCall& c) { c.set(0, scatter_of(c.gradient(), c.input(1), spatial_of(c.input_shape()), c.source())); }

template <OpId kAdjoint>
void average_gradient(GradientCall& c) {
  c.set(0, apply_one(kAdjoint, {c.gradient()}, c.attributes().with(Key::kShape, spatial_of(c.input_shape())), c.source()));
}

// ---- rows -----------------------------------------------------------------------------------------------------------------------------

struct SampleCase {
  Dims x;
  Attributes attributes;
};

Attributes windowed(const Dims& results, const Dims& kernel, const Dims& stride, const Dims& padding, const Dims& dilation,
                    std::int64_t mode = 0, double divisor = 0) {
  return {{Key::kShape, results},    {Key::kKernel, kernel},     {Key::kStride, stride}, {Key::kPadBefore, padding},
          {Key::kPadAfter, padding}, {Key::kDilation, dilation}, {Key::kMode, mode},     {Key::kValue, divisor}};
}
Attributes adaptive(const Dims& results) { return {{Key::kShape, results}, {Key::kMode, 0}, {Key::kValue, 0.0}}; }

std::vector<SampleCase> sample_cases() {
  return {{{2, 3, 5, 6}, windowed({3, 3}, {2, 2}, {2, 2}, {0, 0}, {1, 1})},  // rounded up
          {{1, 2, 7}, windowed({4}, {3}, {2}, {1}, {1}, 1)},
          {{1, 2, 3, 4, 4}, windowed({2, 3, 2}, {2, 2, 3}, {1, 1, 2}, {0, 0, 1}, {1, 1, 1}, 1, 5)},
          {{1, 2, 5, 7}, adaptive({3, 4})},
          {{0, 2, 4, 4}, windowed({2, 2}, {2, 2}, {2, 2}, {0, 0}, {1, 1})}};
}

void max_samples(SampleList& list) {
  for (const SampleCase& one : sample_cases()) list.add({list.shuffled(one.x)}, one.attributes);
  list.add({SampleList::strided(list.shuffled({1, 2, 5, 6}))}, windowed({3, 2}, {2, 2}, {1, 2}, {0, 0}, {2, 3}));
}
void average_samples(SampleList& list) {
  for (const SampleCase& one : sample_cases()) list.add({list.numbers(one.x)}, one.attributes);
}
void average_gradient_samples(SampleList& list) {
  for (const SampleCase& one : sample_cases())
    list.add({list.numbers(shape_of(one.x[0], one.x[1], one.attributes.dims(Key::kShape)))},
             one.attributes.with(Key::kShape, spatial_of(one.x)));
}
void scatter_samples(SampleList& list) {
  list.add({list.numbers({2, 3, 2, 2}), list.numbers({2, 3, 2, 2}, 0, 12, DType::kI64)}, {{Key::kShape, Dims{3, 4}}});
  list.add({list.numbers({1, 2, 5}), list.numbers({1, 2, 5}, 0, 3, DType::kI64)}, {{Key::kShape, Dims{3}}});
}
void gather_samples(SampleList& list) {
  list.add({list.numbers({2, 3, 3, 4}), list.numbers({2, 3, 2, 2}, 0, 12, DType::kI64)});
  list.add({list.numbers({1, 2, 3}), list.numbers({1, 2, 5}, 0, 3, DType::kI64)});
}

constexpr TypeRule kOwn = TypeRule::kOwn;

const Op kRows[] = {
    row(
        OpId::kPoolMax, "pool_max", "MaxPool", kOwn, infer_max,
        [](const Call& call, std::span<Tensor> out) { kernels::max_pool(out[0], out[1], call.input(), pooling_of(call.attributes)); },
        max_gradient, Saved::kOutputs, max_samples),
    row(
        OpId::kPoolScatter, "pool_scatter", "MaxUnpool", kOwn, infer_unpool,
        [](const Call& call, std::span<Tensor> out) { kernels::unpool(out[0], call.input(0), call.input(1)); }, unpool_gradient,
        Saved::kSecondInput, scatter_samples),
    row(
        OpId::kPoolGather, "pool_gather", "", kOwn, infer_unpool_adjoint,
        [](const Call& call, std::span<Tensor> out) { kernels::unpool_adjoint(out[0], call.input(0), call.input(1)); },
        unpool_adjoint_gradient, Saved::kSecondInput, gather_samples),
    row(
        OpId::kPoolAverage, "pool_average", "AveragePool", kOwn, infer_average<Direction::kForward>,
        [](const Call& call, std::span<Tensor> out) { kernels::average_pool(out[0], call.input(), pooling_of(call.attributes)); },
        average_gradient<OpId::kPoolAverageGradient>, Saved::kNothing, average_samples),
    row(
        OpId::kPoolAverageGradient, "pool_average_gradient", "", kOwn, infer_average<Direction::kAdjoint>,
        [](const Call& call, std::span<Tensor> out) { kernels::average_pool_adjoint(out[0], call.input(), pooling_of(call.attributes)); },
        average_gradient<OpId::kPoolAverage>, Saved::kNothing, average_gradient_samples),
};

}  // namespace

std::span<const Op> pool_ops() { return kRows; }

// ---- functions ------------------------------------------------------------------------------------------------------------------------

namespace {

/// x with its batch axis, and whether it had one.
struct Batched {
  Tensor x;
  bool had_batch;
  int axes;  ///< spatial

  Batched(const Operand& given, int numbers, const char* name) : x(given.tensor()), had_batch(true), axes(x.rank() - 2) {
    if (numbers > 1) axes = numbers;
    had_batch = x.rank() != axes + 1;
    if (x.rank() < 2 || x.rank() > 5 || x.rank() > axes + 2 || axes < 1)
      throw OpError(name, ": a tensor of shape ", x.shape(), " with ", numbers, " numbers, expected [N, C, spatial]");
    if (!had_batch) x = x.unsqueeze(0, given.source());
  }
  Tensor finish(const Tensor& y, Source at) const { return had_batch ? y : y.squeeze(0, at); }
};

Attributes attributes_of(const Batched& batched, const PoolOptions& options, const char* name, std::int64_t mode = 0,
                         std::int64_t divisor = 0) {
  const int axes = batched.axes;
  const Dims kernel = for_axes(name, options.kernel, axes, "kernel"), padding = for_axes(name, options.padding, axes, "padding");
  const Dims stride = options.stride.empty() ? kernel : for_axes(name, options.stride, axes, "stride");
  const Dims dilation = for_axes(name, options.dilation, axes, "dilation");
  Dims results;
  for (int i = 0; i < axes; i++) {
    if (kernel[i] < 1 || stride[i] < 1 || dilation[i] < 1 || padding[i] < 0 || padding[i] > kernel[i] / 2)
      throw OpError(name, ": kernel ", kernel, ", stride ", stride, ", dilation ", dilation, ", padding ", padding,
                    ", expected at least 1 and a padding of at most half the kernel");
    const std::int64_t size = batched.x.shape()[i + 2], reach = (kernel[i] - 1) * dilation[i] + 1;
    const std::int64_t room = size + 2 * padding[i] - reach, up = options.rounding == Rounding::kUp ? stride[i] - 1 : 0;
    if (room + up < 0) throw OpError(name, ": a window of ", reach, " on ", size, " elements");
    std::int64_t count = (room + up) / stride[i] + 1;
    if (up > 0 && (count - 1) * stride[i] >= size + padding[i]) count--;
    results.push_back(count);
  }
  return windowed(results, kernel, stride, padding, dilation, mode, static_cast<double>(divisor));
}

Attributes adaptive_attributes(const Batched& batched, const Dims& size, const char* name) {
  Dims results = for_axes(name, size, batched.axes, "size");
  for (int i = 0; i < results.size(); i++) {
    if (results[i] == -1) results[i] = batched.x.shape()[i + 2];
  }
  return adaptive(results);
}

std::pair<Tensor, Tensor> largest(const Batched& batched, const Attributes& attributes, Source at) {
  Outputs outputs = apply(OpId::kPoolMax, std::span(&batched.x, 1), attributes, at);
  return {batched.finish(outputs[0], at), batched.finish(outputs[1], at)};
}

Tensor mean_of(const Batched& batched, const Attributes& attributes, Source at) {
  return batched.finish(apply_one(OpId::kPoolAverage, {batched.x}, attributes, at), at);
}

}  // namespace

std::pair<Tensor, Tensor> max_pool_with_indices(const Operand& x, const PoolOptions& options) {
  const Batched batched(x, options.kernel.size(), "max_pool");
  return largest(batched, attributes_of(batched, options, "max_pool"), x.source());
}
Tensor max_pool(const Operand& x, const PoolOptions& options) { return max_pool_with_indices(x, options).first; }

Tensor max_unpool(const Operand& x, const Tensor& indices, const Dims& size) {
  const Batched batched(x, size.size(), "max_unpool");
  return batched.finish(scatter_of(batched.x, batched.had_batch ? indices : indices.unsqueeze(0), size, x.source()), x.source());
}

Tensor average_pool(const Operand& x, const PoolOptions& options, CountPadding count_padding, std::int64_t divisor) {
  const Batched batched(x, options.kernel.size(), "average_pool");
  const std::int64_t mode = count_padding == CountPadding::kYes ? 1 : 0;
  return mean_of(batched, attributes_of(batched, options, "average_pool", mode, divisor), x.source());
}

Tensor lp_pool(const Operand& x, double p, const PoolOptions& options) {
  const Batched batched(x, options.kernel.size(), "lp_pool");
  const DType type = batched.x.dtype();
  const Tensor wide = is_short(type) ? batched.x.to(DType::kF32, x.source()) : batched.x;
  const Attributes attributes = attributes_of(batched, options, "lp_pool", 0, 1);  // divided by 1: a sum
  const Tensor sums = apply_one(OpId::kPoolAverage, {pow(Operand(wide, x.source().file, x.source().line), p)}, attributes, x.source());
  return batched.finish(pow(relu(sums), 1 / p).to(type, x.source()), x.source());
}

Tensor adaptive_average_pool(const Operand& x, const Dims& size) {
  const Batched batched(x, size.size(), "adaptive_average_pool");
  return mean_of(batched, adaptive_attributes(batched, size, "adaptive_average_pool"), x.source());
}

std::pair<Tensor, Tensor> adaptive_max_pool_with_indices(const Operand& x, const Dims& size) {
  const Batched batched(x, size.size(), "adaptive_max_pool");
  return largest(batched, adaptive_attributes(batched, size, "adaptive_max_pool"), x.source());
}
Tensor adaptive_max_pool(const Operand& x, const Dims& size) { return adaptive_max_pool_with_indices(x, size).first; }

Tensor global_average_pool(const Operand& x) { return adaptive_average_pool(x, {1}); }
Tensor global_max_pool(const Operand& x) { return adaptive_max_pool(x, {1}); }

}  // namespace argent::tensor
