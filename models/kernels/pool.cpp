#include "models/kernels/pool.h"

#include <array>
#include <vector>

#include "models/kernels/element_loops.h"
#include "models/kernels/feature_maps.h"

namespace argent::kernels {
namespace {

Dims spatial_of(const Array& x) { return Dims(std::span(x.shape().begin() + 2, x.shape().end())); }

/// The elements that one window sees along one axis, and how many it would see with the padding.
struct Stretch {
  std::int64_t start = 0, stop = 0, step = 1, padded = 0;
};
using Stretches = std::array<std::vector<Stretch>, kSpatialAxes>;

Stretches stretches(const Pooling& pooling, const Dims& size, const Dims& results) {
  Stretches windows;
  for (std::size_t i = 0; i + static_cast<std::size_t>(size.size()) < windows.size(); i++) windows[i] = {{0, 1, 1, 1}};
  for (int i = 0; i < size.size(); i++) {
    std::vector<Stretch>& axis = windows[windows.size() - static_cast<std::size_t>(size.size() - i)];
    for (std::int64_t p = 0; p < results[i]; p++) {
      Stretch w{p * size[i] / results[i], ((p + 1) * size[i] + results[i] - 1) / results[i], 1, 0};
      w.padded = w.stop - w.start;
      if (!pooling.kernel.empty()) {
        w.step = pooling.dilation[i];
        w.start = p * pooling.stride[i] - pooling.pad_before[i];
        w.stop = w.start + (pooling.kernel[i] - 1) * w.step + 1;
        w.padded = std::min(w.stop, size[i] + pooling.pad_after[i]) - w.start;
        if (w.start < 0) w.start += (-w.start + w.step - 1) / w.step * w.step;
        w.stop = std::min(w.stop, size[i]);
      }
      if (w.start >= w.stop) throw Error("a window that sees no element of ", size);
      axis.push_back(w);
    }
  }
  return windows;
}

/// Calls f(p, w0, w1, w2) for each result of a image, p counting them.
template <class F>
void for_each_window(const Stretches& windows, F&& f) {
  std::int64_t p = 0;
  for (const Stretch& w0 : windows[0]) {
    for (const Stretch& w1 : windows[1]) {
      for (const Stretch& w2 : windows[2]) f(p++, w0, w1, w2);
    }
  }
}

/// Calls f(i0, i1, i2) for each element that a window sees.
template <class F>
void for_each_element(const Stretch& w0, const Stretch& w1, const Stretch& w2, F&& f) {
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

double divisor_of(const Pooling& pooling, const Stretch& w0, const Stretch& w1, const Stretch& w2) {
  if (pooling.divisor != 0) return pooling.divisor;
  double product = 1;
  for (const Stretch* w : {&w0, &w1, &w2}) {
    const std::int64_t seen = (w->stop - w->start + w->step - 1) / w->step;
    product *= static_cast<double>(pooling.counts_padding ? w->padded : seen);
  }
  return product;
}

std::int64_t checked_index(std::int64_t index, std::int64_t count) {
  if (index < 0 || index >= count) throw Error("index ", index, " into ", count, " elements");
  return index;
}

/// Calls f(image, channel, where it lies in `x`, index) for all elements of x, which has the indices' shape.
template <class T, class F>
void for_each_index(const FeatureMaps<T>& x, const Array& indices, std::int64_t count, F&& f) {
  const auto at = feature_maps<const std::int64_t>(indices);
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

}  // namespace

void check_windows(const Pooling& pooling, const Dims& size, const Dims& results) { (void)stretches(pooling, size, results); }

void max_pool(const Array& y, const Array& found_at, const Array& given, const Pooling& pooling) {
  const Stretches windows = stretches(pooling, spatial_of(given), spatial_of(y));
  const std::int64_t results = spatial_of(y).count();
  with_type_of<Domain::kNumbers>(y.dtype(), [&]<class T>() {
    const auto x = feature_maps<const T>(given);
    for_each_image(given.shape()[0], [&](std::int64_t n) {
      T* const values = y.raw_as<T>() + n * results * x.channels;
      std::int64_t* const indices = found_at.raw_as<std::int64_t>() + n * results * x.channels;
      for_each_window(windows, [&](std::int64_t p, const Stretch& w0, const Stretch& w1, const Stretch& w2) {
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

void unpool(const Array& out, const Array& given, const Array& indices) {
  const std::int64_t count = spatial_of(out).count(), channels = out.shape()[1];
  with_type_of<Domain::kNumbers>(out.dtype(), [&]<class T>() {
    using Sum = std::conditional_t<is_floating(dtype_of<T>()), double, T>;
    std::vector<Sum> sums(static_cast<std::size_t>(out.count()), Sum{0});
    const auto x = feature_maps<const T>(given);
    for_each_index(x, indices, count, [&](std::int64_t n, std::int64_t c, std::int64_t, std::int64_t place, std::int64_t index) {
      Sum& sum = sums[static_cast<std::size_t>((n * count + index) * channels + c)];
      sum = static_cast<Sum>(sum + static_cast<Sum>(x.data[place]));
    });
    store_sums(out.raw_as<T>(), sums);
  });
}

void unpool_adjoint(const Array& out, const Array& given, const Array& indices) {
  const std::int64_t results = spatial_of(out).count();
  with_type_of<Domain::kNumbers>(out.dtype(), [&]<class T>() {
    const auto x = feature_maps<const T>(given);
    const std::int64_t count = x.size[0] * x.size[1] * x.size[2];
    const auto any = feature_maps<const std::int64_t>(indices);
    for_each_index(any, indices, count, [&](std::int64_t n, std::int64_t c, std::int64_t p, std::int64_t, std::int64_t index) {
      const std::int64_t i2 = index % x.size[2], i1 = index / x.size[2] % x.size[1], i0 = index / x.size[2] / x.size[1];
      out.raw_as<T>()[(n * results + p) * x.channels + c] =
          x.data[n * x.batch_step + c * x.channel_step + i0 * x.step[0] + i1 * x.step[1] + i2 * x.step[2]];
    });
  });
}

void average_pool(const Array& y, const Array& given, const Pooling& pooling) {
  const Stretches windows = stretches(pooling, spatial_of(given), spatial_of(y));
  const std::int64_t results = spatial_of(y).count();
  with_type_of<Domain::kFloating>(y.dtype(), [&]<class T>() {
    const auto x = feature_maps<const T>(given);
    for_each_image(given.shape()[0], [&](std::int64_t n) {
      std::vector<double> sums(static_cast<std::size_t>(x.channels));
      T* const to = y.raw_as<T>() + n * results * x.channels;
      for_each_window(windows, [&](std::int64_t p, const Stretch& w0, const Stretch& w1, const Stretch& w2) {
        std::fill(sums.begin(), sums.end(), 0.0);
        for_each_element(w0, w1, w2, [&](std::int64_t i0, std::int64_t i1, std::int64_t i2) {
          const T* const from = x.data + n * x.batch_step + i0 * x.step[0] + i1 * x.step[1] + i2 * x.step[2];
          for (std::int64_t c = 0; c < x.channels; c++) sums[static_cast<std::size_t>(c)] += static_cast<double>(from[c * x.channel_step]);
        });
        const double divisor = divisor_of(pooling, w0, w1, w2);
        for (double& sum : sums) sum /= divisor;
        store_sums(to + p * x.channels, sums);
      });
    });
  });
}

void average_pool_adjoint(const Array& x, const Array& given, const Pooling& pooling) {
  const Dims size = spatial_of(x);
  const Stretches windows = stretches(pooling, size, spatial_of(given));
  const Spatial full = spatial(std::span<const std::int64_t>(size), 1);
  with_type_of<Domain::kFloating>(x.dtype(), [&]<class T>() {
    const auto y = feature_maps<const T>(given);
    for_each_image(given.shape()[0], [&](std::int64_t n) {
      std::vector<double> sums(static_cast<std::size_t>(size.count() * y.channels));
      for_each_window(windows, [&](std::int64_t p, const Stretch& w0, const Stretch& w1, const Stretch& w2) {
        const double divisor = divisor_of(pooling, w0, w1, w2);
        const std::int64_t p2 = p % y.size[2], p1 = p / y.size[2] % y.size[1], p0 = p / y.size[2] / y.size[1];
        const T* const from = y.data + n * y.batch_step + p0 * y.step[0] + p1 * y.step[1] + p2 * y.step[2];
        for_each_element(w0, w1, w2, [&](std::int64_t i0, std::int64_t i1, std::int64_t i2) {
          double* const to = sums.data() + ((i0 * full[1] + i1) * full[2] + i2) * y.channels;
          for (std::int64_t c = 0; c < y.channels; c++) to[c] += static_cast<double>(from[c * y.channel_step]) / divisor;
        });
      });
      store_sums(x.raw_as<T>() + n * size.count() * y.channels, sums);
    });
  });
}

}  // namespace argent::kernels
