// Windows reduced to one number.

#include "models/tensor/ops/pool.h"

#include <array>
#include <cmath>
#include <vector>

#include "models/kernels/element_loops.h"
#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/spatial.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

// Attributes of pools: shape (of the result), and kernel, stride, pad_before, pad_after, dilation, or none of these when adaptive.
// Averages: mode 1 when padding count, value: the divisor, or 0. Of adjoints shape is that of the pool's input, count that of its result.

/// The elements that one window sees along one axis, and how many it would see with the padding.
struct Window {
  std::int64_t start = 0, stop = 0, step = 1, padded = 0;
};
using Windows = std::array<std::vector<Window>, kernels::kSpatialAxes>;

Windows windows_of(const Attributes& a, const Dims& size, const Dims& results) {
  Windows windows;
  for (std::size_t i = 0; i + static_cast<std::size_t>(size.size()) < windows.size(); i++) windows[i] = {{0, 1, 1, 1}};
  for (int i = 0; i < size.size(); i++) {
    std::vector<Window>& axis = windows[windows.size() - static_cast<std::size_t>(size.size() - i)];
    for (std::int64_t p = 0; p < results[i]; p++) {
      Window w{p * size[i] / results[i], ((p + 1) * size[i] + results[i] - 1) / results[i], 1, 0};
      w.padded = w.stop - w.start;
      if (a.has(Key::kKernel)) {
        w.step = a.dims(Key::kDilation)[i];
        w.start = p * a.dims(Key::kStride)[i] - a.dims(Key::kPadBefore)[i];
        w.stop = w.start + (a.dims(Key::kKernel)[i] - 1) * w.step + 1;
        w.padded = std::min(w.stop, size[i] + a.dims(Key::kPadAfter)[i]) - w.start;
        if (w.start < 0) w.start += (-w.start + w.step - 1) / w.step * w.step;
        w.stop = std::min(w.stop, size[i]);
      }
      if (w.start >= w.stop) throw Error("a window that sees no element of " + to_text(size));
      axis.push_back(w);
    }
  }
  return windows;
}

/// Throws Error unless there is one number for each spatial axis in all that is named.
void check_windows(const Call& call, const Dims& shape) {
  if (shape.size() < 3 || shape.size() > 5) throw Error("a tensor of shape " + to_text(shape) + ", expected rank 3 to 5");
  const Attributes& a = call.attributes;
  const auto check = [&](Key key, std::int64_t low) {
    const Dims& values = a.dims(key);
    if (values.size() != shape.size() - 2)
      throw Error(std::to_string(values.size()) + " numbers as " + std::string(name_of(key)) + ", expected " +
                  std::to_string(shape.size() - 2));
    for (std::int64_t value : values) {
      if (value < low || value > std::int64_t{1} << 31) throw Error(std::string(name_of(key)) + " " + std::to_string(value));
    }
  };
  check(Key::kShape, 0);
  if (!a.has(Key::kKernel)) return;
  for (const Key key : {Key::kKernel, Key::kStride, Key::kDilation}) check(key, 1);
  for (const Key key : {Key::kPadBefore, Key::kPadAfter}) check(key, 0);
}

/// Calls f(p, w0, w1, w2) for each result of a image, p counting them.
template <class F>
void for_each_window(const Windows& windows, F&& f) {
  std::int64_t p = 0;
  for (const Window& w0 : windows[0]) {
    for (const Window& w1 : windows[1]) {
      for (const Window& w2 : windows[2]) f(p++, w0, w1, w2);
    }
  }
}

/// Calls f(i0, i1, i2) for each element that a window sees.
template <class F>
void for_each_element(const Window& w0, const Window& w1, const Window& w2, F&& f) {
  for (std::int64_t i0 = w0.start; i0 < w0.stop; i0 += w0.step) {
    for (std::int64_t i1 = w1.start; i1 < w1.stop; i1 += w1.step) {
      for (std::int64_t i2 = w2.start; i2 < w2.stop; i2 += w2.step) f(i0, i1, i2);
    }
  }
}

/// Calls f(n) for each image, on several threads.
template <class F>
void for_each_image(std::int64_t images, F&& f) {
  Context& context = Context::current();
  parallel_for(context.pool(), context.threads(), images, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; n++) f(n);
  });
}

template <class T, class Sum>
void store_sums(T* to, const std::vector<Sum>& sums) {
  for (std::size_t i = 0; i < sums.size(); i++) to[i] = static_cast<T>(static_cast<Computed<T>>(sums[i]));
}

// ---- the largest ----------------------------------------------------------------------------------------------------------------------

void infer_max(const Call& call, OutputSpecs& outputs) {
  const Tensor& x = call.input();
  check_windows(call, x.shape());
  (void)windows_of(call.attributes, spatial_of(x.shape()), call.attributes.dims(Key::kShape));
  const Dims shape = shape_of(x.shape()[0], x.shape()[1], call.attributes.dims(Key::kShape));
  outputs.add(shape, x.dtype(), channels_last_strides(shape));
  outputs.add(shape, DType::kI64, channels_last_strides(shape));
}

void find_largest(const Call& call, std::span<Tensor> outputs) {
  const Dims results = call.attributes.dims(Key::kShape);
  const Windows windows = windows_of(call.attributes, spatial_of(call.input().shape()), results);
  with_type_of<Domain::kNumbers>(call.input().dtype(), [&]<class T>() {
    const auto x = feature_maps<T>(call.input());
    for_each_image(call.input().shape()[0], [&](std::int64_t n) {
      T* const values = outputs[0].raw_as<T>() + n * results.count() * x.channels;
      std::int64_t* const indices = outputs[1].raw_as<std::int64_t>() + n * results.count() * x.channels;
      for_each_window(windows, [&](std::int64_t p, const Window& w0, const Window& w1, const Window& w2) {
        T* const best = values + p * x.channels;
        std::int64_t* const found = indices + p * x.channels;
        bool first = true;
        for_each_element(w0, w1, w2, [&](std::int64_t i0, std::int64_t i1, std::int64_t i2) {
          const T* const from = x.data + n * x.batch_step + i0 * x.step[0] + i1 * x.step[1] + i2 * x.step[2];
          const std::int64_t place = (i0 * x.size[1] + i1) * x.size[2] + i2;
          for (std::int64_t c = 0; c < x.channels; c++) {
            const T value = from[c * x.channel_step];
            const bool wins = first || value > best[c] || value != value;
            best[c] = wins ? value : best[c];
            found[c] = wins ? place : found[c];
          }
          first = false;
        });
      });
    });
  });
}

// ---- by indices -----------------------------------------------------------------------------------------------------------------------

/// Both: inputs are numbers and indices [N, C, spatial] into the flattened spatial axes of a tensor.
void check_indices(const Tensor& x, const Tensor& indices, const Dims& size) {
  if (indices.dtype() != DType::kI64) throw Error("indices of type " + std::string(name_of(indices.dtype())) + ", expected i64");
  if (x.rank() < 3 || x.rank() > 5 || size.size() != x.rank() - 2)
    throw Error("a tensor of shape " + to_text(x.shape()) + " and a size of " + to_text(size));
}

std::int64_t checked_index(std::int64_t index, std::int64_t count) {
  if (index < 0 || index >= count) throw Error("index " + std::to_string(index) + " into " + std::to_string(count) + " elements");
  return index;
}

/// Calls f(image, channel, where it lies in `x`, index) for all elements of x, which has the indices' shape.
template <class T, class F>
void for_each_index(const kernels::FeatureMaps<T>& x, const Tensor& indices, std::int64_t count, F&& f) {
  const auto at = feature_maps<std::int64_t>(indices);
  for_each_image(indices.shape()[0], [&](std::int64_t n) {
    std::int64_t p = 0;
    for_each_element({0, at.size[0]}, {0, at.size[1]}, {0, at.size[2]}, [&](std::int64_t i0, std::int64_t i1, std::int64_t i2) {
      for (std::int64_t c = 0; c < at.channels; c++) {
        const auto place = [&](const auto& image) {
          return n * image.batch_step + c * image.channel_step + i0 * image.step[0] + i1 * image.step[1] + i2 * image.step[2];
        };
        f(n, c, p, place(x), checked_index(at.data[place(at)], count));
      }
      p++;
    });
  });
}

void scatter_to_pictures(const Call& call, std::span<Tensor> outputs) {
  const std::int64_t count = call.attributes.dims(Key::kShape).count(), channels = outputs[0].shape()[1];
  with_type_of<Domain::kNumbers>(outputs[0].dtype(), [&]<class T>() {
    using Sum = std::conditional_t<is_floating(dtype_of<T>()), double, T>;
    std::vector<Sum> sums(static_cast<std::size_t>(outputs[0].count()), Sum{0});
    const auto x = feature_maps<T>(call.input());
    for_each_index(x, call.input(1), count, [&](std::int64_t n, std::int64_t c, std::int64_t, std::int64_t place, std::int64_t index) {
      Sum& sum = sums[static_cast<std::size_t>((n * count + index) * channels + c)];
      sum = static_cast<Sum>(sum + static_cast<Sum>(x.data[place]));
    });
    store_sums(outputs[0].raw_as<T>(), sums);
  });
}

void gather_from_pictures(const Call& call, std::span<Tensor> outputs) {
  const std::int64_t results = spatial_of(outputs[0].shape()).count();
  with_type_of<Domain::kNumbers>(outputs[0].dtype(), [&]<class T>() {
    const auto x = feature_maps<T>(call.input());
    const std::int64_t count = x.size[0] * x.size[1] * x.size[2];
    const auto any = feature_maps<std::int64_t>(call.input(1));
    for_each_index(any, call.input(1), count, [&](std::int64_t n, std::int64_t c, std::int64_t p, std::int64_t, std::int64_t index) {
      const std::int64_t i2 = index % x.size[2], i1 = index / x.size[2] % x.size[1], i0 = index / x.size[2] / x.size[1];
      outputs[0].raw_as<T>()[(n * results + p) * x.channels + c] =
          x.data[n * x.batch_step + c * x.channel_step + i0 * x.step[0] + i1 * x.step[1] + i2 * x.step[2]];
    });
  });
}

Tensor scatter_of(const Tensor& x, const Tensor& indices, const Dims& size, Source at) {
  return apply_one(OpId::kPoolScatter, {x, indices}, {{Key::kShape, size}}, at);
}

// ---- the mean -------------------------------------------------------------------------------------------------------------------------

double divisor_of(const Attributes& a, const Window& w0, const Window& w1, const Window& w2) {
  if (a.number(Key::kValue) != 0) return a.number(Key::kValue);
  double product = 1;
  for (const Window* w : {&w0, &w1, &w2}) {
    const std::int64_t seen = (w->stop - w->start + w->step - 1) / w->step;
    product *= static_cast<double>(a.integer(Key::kMode) != 0 ? w->padded : seen);
  }
  return product;
}

void check_average(const Tensor& x) {
  if (!is_floating(x.dtype())) throw Error("a mean of numbers of type " + std::string(name_of(x.dtype())) + ", expected a floating type");
}

void infer_average(const Call& call, OutputSpecs& outputs) {
  const Tensor& x = call.input();
  check_windows(call, x.shape());
  check_average(x);
  (void)windows_of(call.attributes, spatial_of(x.shape()), call.attributes.dims(Key::kShape));
  const Dims shape = shape_of(x.shape()[0], x.shape()[1], call.attributes.dims(Key::kShape));
  outputs.add(shape, x.dtype(), channels_last_strides(shape));
}

void infer_average_gradient(const Call& call, OutputSpecs& outputs) {
  const Tensor& y = call.input();
  check_windows(call, y.shape());
  check_average(y);
  (void)windows_of(call.attributes, call.attributes.dims(Key::kShape), spatial_of(y.shape()));
  const Dims shape = shape_of(y.shape()[0], y.shape()[1], call.attributes.dims(Key::kShape));
  outputs.add(shape, y.dtype(), channels_last_strides(shape));
}

void average(const Call& call, std::span<Tensor> outputs) {
  const Dims results = call.attributes.dims(Key::kShape);
  const Windows windows = windows_of(call.attributes, spatial_of(call.input().shape()), results);
  with_type_of<Domain::kFloating>(call.input().dtype(), [&]<class T>() {
    const auto x = feature_maps<T>(call.input());
    for_each_image(call.input().shape()[0], [&](std::int64_t n) {
      std::vector<double> sums(static_cast<std::size_t>(x.channels));
      T* const to = outputs[0].raw_as<T>() + n * results.count() * x.channels;
      for_each_window(windows, [&](std::int64_t p, const Window& w0, const Window& w1, const Window& w2) {
        std::fill(sums.begin(), sums.end(), 0.0);
        for_each_element(w0, w1, w2, [&](std::int64_t i0, std::int64_t i1, std::int64_t i2) {
          const T* const from = x.data + n * x.batch_step + i0 * x.step[0] + i1 * x.step[1] + i2 * x.step[2];
          for (std::int64_t c = 0; c < x.channels; c++) sums[static_cast<std::size_t>(c)] += static_cast<double>(from[c * x.channel_step]);
        });
        const double divisor = divisor_of(call.attributes, w0, w1, w2);
        for (double& sum : sums) sum /= divisor;
        store_sums(to + p * x.channels, sums);
      });
    });
  });
}

void spread_average(const Call& call, std::span<Tensor> outputs) {
  const Dims size = call.attributes.dims(Key::kShape), results = spatial_of(call.input().shape());
  const Windows windows = windows_of(call.attributes, size, results);
  const kernels::Spatial full = spatial(std::span<const std::int64_t>(size), 1);
  with_type_of<Domain::kFloating>(call.input().dtype(), [&]<class T>() {
    const auto y = feature_maps<T>(call.input());
    for_each_image(call.input().shape()[0], [&](std::int64_t n) {
      std::vector<double> sums(static_cast<std::size_t>(size.count() * y.channels));
      for_each_window(windows, [&](std::int64_t p, const Window& w0, const Window& w1, const Window& w2) {
        const double divisor = divisor_of(call.attributes, w0, w1, w2);
        const std::int64_t p2 = p % y.size[2], p1 = p / y.size[2] % y.size[1], p0 = p / y.size[2] / y.size[1];
        const T* const from = y.data + n * y.batch_step + p0 * y.step[0] + p1 * y.step[1] + p2 * y.step[2];
        for_each_element(w0, w1, w2, [&](std::int64_t i0, std::int64_t i1, std::int64_t i2) {
          double* const to = sums.data() + ((i0 * full[1] + i1) * full[2] + i2) * y.channels;
          for (std::int64_t c = 0; c < y.channels; c++) to[c] += static_cast<double>(from[c * y.channel_step]) / divisor;
        });
      });
      store_sums(outputs[0].raw_as<T>() + n * size.count() * y.channels, sums);
    });
  });
}

/// The attributes with another shape.
Attributes reshaped(const Attributes& a, const Dims& shape) {
  if (!a.has(Key::kKernel)) return {{Key::kShape, shape}, {Key::kMode, a.integer(Key::kMode)}, {Key::kValue, a.number(Key::kValue)}};
  return {{Key::kShape, shape},
          {Key::kKernel, a.dims(Key::kKernel)},
          {Key::kStride, a.dims(Key::kStride)},
          {Key::kPadBefore, a.dims(Key::kPadBefore)},
          {Key::kPadAfter, a.dims(Key::kPadAfter)},
          {Key::kDilation, a.dims(Key::kDilation)},
          {Key::kMode, a.integer(Key::kMode)},
          {Key::kValue, a.number(Key::kValue)}};
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
  for (const SampleCase& one : sample_cases()) {
    list.add({list.numbers(shape_of(one.x[0], one.x[1], one.attributes.dims(Key::kShape)), -1, 1)},
             reshaped(one.attributes, spatial_of(one.x)));
  }
}
void scatter_samples(SampleList& list) {
  list.add({list.numbers({2, 3, 2, 2}), list.numbers({2, 3, 2, 2}, 0, 12, DType::kI64)}, {{Key::kShape, Dims{3, 4}}});
  list.add({list.numbers({1, 2, 5}), list.numbers({1, 2, 5}, 0, 3, DType::kI64)}, {{Key::kShape, Dims{3}}});
}
void gather_samples(SampleList& list) {
  list.add({list.numbers({2, 3, 3, 4}), list.numbers({2, 3, 2, 2}, 0, 12, DType::kI64)});
  list.add({list.numbers({1, 2, 3}), list.numbers({1, 2, 5}, 0, 3, DType::kI64)});
}

const Op kRows[] = {
    {.id = OpId::kPoolMax,
     .name = "pool_max",
     .infer = infer_max,
     .reference = find_largest,
     .gradient = [](G& c) { c.set(0, scatter_of(c.gradient(), c.output(1), spatial_of(c.input_shape()), c.source())); },
     .saved = Saved::kOutputs,
     .onnx = "MaxPool",
     .samples = max_samples},
    {.id = OpId::kPoolScatter,
     .name = "pool_scatter",
     .infer =
         [](const Call& call, OutputSpecs& outputs) {
           const Tensor& x = call.input(0);
           check_indices(x, call.input(1), call.attributes.dims(Key::kShape));
           if (!(x.shape() == call.input(1).shape()))
             throw Error("numbers of shape " + to_text(x.shape()) + " at indices of shape " + to_text(call.input(1).shape()));
           const Dims shape = shape_of(x.shape()[0], x.shape()[1], call.attributes.dims(Key::kShape));
           outputs.add(shape, x.dtype(), channels_last_strides(shape));
         },
     .reference = scatter_to_pictures,
     .gradient =
         [](G& c) {
           c.set(0, apply_one(OpId::kPoolGather, {c.gradient(), c.input(1)}, c.source()));
         },
     .saved = Saved::kSecondInput,
     .onnx = "MaxUnpool",
     .samples = scatter_samples},
    {.id = OpId::kPoolGather,
     .name = "pool_gather",
     .infer =
         [](const Call& call, OutputSpecs& outputs) {
           const Tensor &x = call.input(0), &indices = call.input(1);
           check_indices(indices, indices, spatial_of(x.shape()));
           if (x.shape()[0] != indices.shape()[0] || x.shape()[1] != indices.shape()[1])
             throw Error("indices of shape " + to_text(indices.shape()) + " into " + to_text(x.shape()));
           outputs.add(indices.shape(), x.dtype(), channels_last_strides(indices.shape()));
         },
     .reference = gather_from_pictures,
     .gradient = [](G& c) { c.set(0, scatter_of(c.gradient(), c.input(1), spatial_of(c.input_shape()), c.source())); },
     .saved = Saved::kSecondInput,
     .samples = gather_samples},
    {.id = OpId::kPoolAverage,
     .name = "pool_average",
     .infer = infer_average,
     .reference = average,
     .gradient =
         [](G& c) {
           c.set(0,
                 apply_one(OpId::kPoolAverageGradient, {c.gradient()}, reshaped(c.attributes(), spatial_of(c.input_shape())), c.source()));
         },
     .onnx = "AveragePool",
     .samples = average_samples},
    {.id = OpId::kPoolAverageGradient,
     .name = "pool_average_gradient",
     .infer = infer_average_gradient,
     .reference = spread_average,
     .gradient =
         [](G& c) {
           c.set(0, apply_one(OpId::kPoolAverage, {c.gradient()}, reshaped(c.attributes(), spatial_of(c.input_shape())), c.source()));
         },
     .samples = average_gradient_samples},
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
      throw OpError(std::string(name) + ": a tensor of shape " + to_text(x.shape()) + " with " + std::to_string(numbers) +
                    " numbers, expected [N, C, spatial]");
    if (!had_batch) x = x.unsqueeze(0, given.source());
  }
  Tensor finish(const Tensor& y, Source at) const { return had_batch ? y : y.squeeze(0, at); }
};

Attributes attributes_of(const Batched& batched, const PoolOptions& options, const char* name, std::int64_t mode = 0,
                         std::int64_t divisor = 0) try {
  const int axes = batched.axes;
  const Dims kernel = for_axes(options.kernel, axes, "kernel"), padding = for_axes(options.padding, axes, "padding");
  const Dims stride = options.stride.empty() ? kernel : for_axes(options.stride, axes, "stride");
  const Dims dilation = for_axes(options.dilation, axes, "dilation");
  Dims results;
  for (int i = 0; i < axes; i++) {
    if (kernel[i] < 1 || stride[i] < 1 || dilation[i] < 1 || padding[i] < 0 || padding[i] > kernel[i] / 2)
      throw Error("kernel " + to_text(kernel) + ", stride " + to_text(stride) + ", dilation " + to_text(dilation) + ", padding " +
                  to_text(padding) + ", expected at least 1 and a padding of at most half the kernel");
    const std::int64_t size = batched.x.shape()[i + 2], reach = (kernel[i] - 1) * dilation[i] + 1;
    const std::int64_t room = size + 2 * padding[i] - reach, up = options.rounding == Rounding::kUp ? stride[i] - 1 : 0;
    if (room + up < 0) throw Error("a window of " + std::to_string(reach) + " on " + std::to_string(size) + " elements");
    std::int64_t count = (room + up) / stride[i] + 1;
    if (up > 0 && (count - 1) * stride[i] >= size + padding[i]) count--;
    results.push_back(count);
  }
  return windowed(results, kernel, stride, padding, dilation, mode, static_cast<double>(divisor));
} catch (const Error& error) {
  throw OpError(std::string(name) + ": " + error.what());
}

Dims adaptive_size(const Batched& batched, const Dims& size, const char* name) try {
  Dims result = for_axes(size, batched.axes, "size");
  for (int i = 0; i < result.size(); i++) {
    if (result[i] == -1) result[i] = batched.x.shape()[i + 2];
  }
  return result;
} catch (const Error& error) {
  throw OpError(std::string(name) + ": " + error.what());
}

std::pair<Tensor, Tensor> largest(const Batched& batched, const Attributes& attributes, Source at) {
  Outputs outputs = apply(OpId::kPoolMax, std::span(&batched.x, 1), attributes, at);
  return {batched.finish(outputs[0], at), batched.finish(outputs[1], at)};
}

}  // namespace

std::pair<Tensor, Tensor> max_pool_with_indices(const Operand& x, const PoolOptions& options) {
  const Batched batched(x, options.kernel.size(), "max_pool");
  return largest(batched, attributes_of(batched, options, "max_pool"), x.source());
}
Tensor max_pool(const Operand& x, const PoolOptions& options) { return max_pool_with_indices(x, options).first; }

Tensor max_unpool(const Operand& x, const Tensor& indices, const Dims& size) {
  const Batched batched(x, size.size() == 1 ? 1 : size.size(), "max_unpool");
  return batched.finish(scatter_of(batched.x, batched.had_batch ? indices : indices.unsqueeze(0), size, x.source()), x.source());
}

Tensor average_pool(const Operand& x, const PoolOptions& options, CountPadding count_padding, std::int64_t divisor) {
  const Batched batched(x, options.kernel.size(), "average_pool");
  const Attributes attributes = attributes_of(batched, options, "average_pool", count_padding == CountPadding::kYes ? 1 : 0, divisor);
  return batched.finish(apply_one(OpId::kPoolAverage, {batched.x}, attributes, x.source()), x.source());
}

Tensor lp_pool(const Operand& x, double p, const PoolOptions& options) {
  const Batched batched(x, options.kernel.size(), "lp_pool");
  const DType type = batched.x.dtype();
  const Tensor wide = type == DType::kF16 || type == DType::kBF16 ? batched.x.to(DType::kF32, x.source()) : batched.x;
  const Attributes attributes = attributes_of(batched, options, "lp_pool", 0, 1);  // divided by 1: a sum
  const Tensor sums = apply_one(OpId::kPoolAverage, {pow(Operand(wide, x.source().file, x.source().line), p)}, attributes, x.source());
  return batched.finish(pow(relu(sums), 1 / p).to(type, x.source()), x.source());
}

Tensor adaptive_average_pool(const Operand& x, const Dims& size) {
  const Batched batched(x, size.size(), "adaptive_average_pool");
  const Attributes attributes = adaptive(adaptive_size(batched, size, "adaptive_average_pool"));
  return batched.finish(apply_one(OpId::kPoolAverage, {batched.x}, attributes, x.source()), x.source());
}

std::pair<Tensor, Tensor> adaptive_max_pool_with_indices(const Operand& x, const Dims& size) {
  const Batched batched(x, size.size(), "adaptive_max_pool");
  return largest(batched, adaptive(adaptive_size(batched, size, "adaptive_max_pool")), x.source());
}
Tensor adaptive_max_pool(const Operand& x, const Dims& size) { return adaptive_max_pool_with_indices(x, size).first; }

Tensor global_average_pool(const Operand& x) { return adaptive_average_pool(x, {1}); }
Tensor global_max_pool(const Operand& x) { return adaptive_max_pool(x, {1}); }

}  // namespace argent::tensor
