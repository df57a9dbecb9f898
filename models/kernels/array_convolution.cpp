#include "models/kernels/array_convolution.h"

#include <vector>

#include "models/kernels/element_loops.h"
#include "models/kernels/feature_maps.h"

namespace argent::kernels {
namespace {

template <class T>
Weights<T> weights(const Array& w) {
  const std::span<const std::int64_t> step(w.strides());
  return {w.raw_as<T>(), step[0], step[1], spatial(step.subspan(2), 0)};
}

Windows sized(Windows windows, const Array& x, const Array& w) {
  windows.kernel = spatial(std::span<const std::int64_t>(w.shape()).subspan(2), 1);
  windows.batch = x.shape()[0];
  return windows;
}

template <class T>
void convolve_as(Solved solved, const Array& x, const Array& w, const Array& y, const T* bias, const Windows& windows) {
  Context& context = Context::current();
  const Resources resources{context.pool(), context.threads(), kernels_for(context.target())};
  if (solved == Solved::kX)
    convolve_transposed<T>(resources, windows, feature_maps<const T>(y), weights<const T>(w), bias, feature_maps<T>(x));
  else if (solved == Solved::kW)
    convolve_weights<T>(resources, windows, feature_maps<const T>(x), feature_maps<const T>(y), weights<T>(w));
  else
    convolve<T>(resources, windows, feature_maps<const T>(x), weights<const T>(w), bias, feature_maps<T>(y));
}

/// Calls product(x, w, y) with the places of all elements that meet.
template <class T, class F>
void for_each_product(const Windows& windows, const FeatureMaps<T>& x, const Weights<T>& w, const FeatureMaps<T>& y, F&& product) {
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

}  // namespace

void convolve(Solved solved, const Array& x, const Array& w, const Array& y, const std::optional<Array>& bias, const Windows& windows) {
  const auto as = [&]<class T>() { convolve_as<T>(solved, x, w, y, bias ? bias->raw_as<T>() : nullptr, sized(windows, x, w)); };
  x.dtype() == DType::kF64 ? as.operator()<double>() : as.operator()<float>();
}

void sum_products(Solved solved, const Array& x, const Array& w, const Array& y, const std::optional<Array>& bias, const Windows& windows) {
  const Array& result = solved == Solved::kX ? x : solved == Solved::kW ? w : y;
  with_type_of<Domain::kNumbers>(result.dtype(), [&]<class T>() {
    using Sum = std::conditional_t<is_floating(dtype_of<T>()), double, std::uint64_t>;
    std::vector<Sum> sums(static_cast<std::size_t>(result.count()), Sum{0});
    const auto xs = feature_maps<const T>(x), ys = feature_maps<const T>(y);
    const auto ws = weights<const T>(w);
    const auto product = [&](const auto& a, const auto& b, std::int64_t a_at, std::int64_t b_at, std::int64_t to) {
      sums[static_cast<std::size_t>(to)] += static_cast<Sum>(a.data[a_at]) * static_cast<Sum>(b.data[b_at]);
    };
    for_each_product(sized(windows, x, w), xs, ws, ys, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
      if (solved == Solved::kX)
        product(ys, ws, k, j, i);
      else if (solved == Solved::kW)
        product(xs, ys, i, k, j);
      else
        product(xs, ws, i, j, k);
    });
    const std::int64_t channels = result.shape()[1];  // of images, the fastest axis
    for (std::int64_t i = 0; i < result.count(); i++) {
      Sum sum = sums[static_cast<std::size_t>(i)];
      if (bias) sum += static_cast<Sum>(bias->raw_as<T>()[i % channels * bias->strides()[0]]);
      result.raw_as<T>()[i] = static_cast<T>(static_cast<Computed<T>>(sum));
    }
  });
}

}  // namespace argent::kernels
