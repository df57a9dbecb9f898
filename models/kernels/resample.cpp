#include "models/kernels/resample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "models/kernels/copy_elements.h"
#include "models/kernels/element_loops.h"
#include "models/kernels/kernels.h"
#include "models/kernels/scratch.h"

namespace argent::kernels {
namespace {

struct Tap {
  std::int64_t index = 0;
  double weight = 1;
};

/// Of cubic convolution, at a distance from 0 to 2.
double cubic_weight(double x) {
  constexpr double kA = -0.75;
  return x <= 1 ? ((kA + 2) * x - (kA + 3)) * x * x + 1 : ((kA * x - 5 * kA) * x + 8 * kA) * x - 4 * kA;
}

std::int64_t mirrored(std::int64_t i, std::int64_t size) {
  if (size == 1) return 0;
  const std::int64_t period = 2 * (size - 1), at = (i % period + period) % period;
  return at < size ? at : period - at;
}

/// What result p of `count` is made of.
std::vector<Tap> taps_of(const AxisMap& axis, std::int64_t p) {
  const auto [map, size, count, given, start] = axis;
  const auto inside = [most = size - 1](std::int64_t i) { return std::clamp<std::int64_t>(i, 0, most); };
  const double scale = given != 0 ? given : static_cast<double>(size) / static_cast<double>(count), place = static_cast<double>(p);
  switch (map) {
    case Map::kNearest:
      return {{inside(given != 0 ? static_cast<std::int64_t>(place * scale) : p * size / count)}};
    case Map::kNearestCenter:
      return {{inside(given != 0 ? static_cast<std::int64_t>((place + 0.5) * scale) : (2 * p + 1) * size / (2 * count))}};
    case Map::kArea: {
      const std::int64_t first = p * size / count, end = ((p + 1) * size + count - 1) / count;
      std::vector<Tap> taps;
      for (std::int64_t i = first; i < end; i++) taps.push_back({i, 1 / static_cast<double>(end - first)});
      return taps;
    }
    case Map::kReflect:
      return {{mirrored(p - start, size)}};
    case Map::kReplicate:
      return {{inside(p - start)}};
    case Map::kCircular:
      return {{((p - start) % size + size) % size}};
    default:
      break;
  }
  const bool centers = map == Map::kLinearCenters || map == Map::kCubicCenters;
  double source = (place + 0.5) * scale - 0.5;
  if (centers) source = count > 1 ? place * static_cast<double>(size - 1) / static_cast<double>(count - 1) : 0;
  if (map == Map::kLinear || map == Map::kLinearCenters) {
    source = std::clamp(source, 0.0, static_cast<double>(size - 1));
    const auto low = static_cast<std::int64_t>(source);
    const double part = source - static_cast<double>(low);
    return {{low, 1 - part}, {inside(low + 1), part}};
  }
  const double low = std::floor(source), part = source - low;
  std::vector<Tap> taps;
  for (int t = -1; t <= 2; t++) taps.push_back({inside(static_cast<std::int64_t>(low) + t), cubic_weight(std::abs(part - t))});
  return taps;
}

/// What each sum along an axis is made of: sum i of those from begin[i] to begin[i + 1].
struct Sums {
  std::vector<std::size_t> begin{0};
  std::vector<std::int64_t> places;
  std::vector<double> weights;
};

Sums sums_of(const AxisMap& map) {
  Sums sums;
  for (std::int64_t p = 0; p < map.results; p++) {
    for (const Tap& tap : taps_of(map, p)) {
      sums.places.push_back(tap.index);
      sums.weights.push_back(tap.weight);
    }
    sums.begin.push_back(sums.places.size());
  }
  return sums;
}

/// The same map walked from the elements to the results.
Sums adjoint_of(const Sums& sums, std::int64_t elements) {
  Sums adjoint;
  adjoint.begin.assign(static_cast<std::size_t>(elements) + 1, 0);
  for (std::int64_t place : sums.places) adjoint.begin[static_cast<std::size_t>(place) + 1]++;
  for (std::size_t i = 1; i < adjoint.begin.size(); i++) adjoint.begin[i] += adjoint.begin[i - 1];
  std::vector<std::size_t> next(adjoint.begin.begin(), adjoint.begin.end() - 1);
  adjoint.places.resize(sums.places.size());
  adjoint.weights.resize(sums.places.size());
  for (std::size_t p = 0; p + 1 < sums.begin.size(); p++) {
    for (std::size_t t = sums.begin[p]; t < sums.begin[p + 1]; t++) {
      const std::size_t to = next[static_cast<std::size_t>(sums.places[t])]++;
      adjoint.places[to] = static_cast<std::int64_t>(p);
      adjoint.weights[to] = sums.weights[t];
    }
  }
  return adjoint;
}

template <class T>
T rounded(double sum) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(std::clamp(std::nearbyint(sum), 0.0, static_cast<double>(std::numeric_limits<T>::max())));
  else
    return static_cast<T>(static_cast<Computed<T>>(sum));
}

/// y(outer, p, inner) = sum over the taps of p of weight * x(outer, index, inner), all dense.
template <class T>
void add_taps(const Sums& sums, const T* x, T* y, std::int64_t outer, std::int64_t elements, std::int64_t inner) {
  constexpr std::int64_t kBlock = 64;
  const auto results = static_cast<std::int64_t>(sums.begin.size()) - 1;
  Context& context = Context::current();
  [[maybe_unused]] const auto blend = kernels_for(context.target()).blend;
  const std::int64_t grain = std::max<std::int64_t>(1, kParallelElements / std::max<std::int64_t>(1, inner));
  parallel_for(context.pool(), context.threads(), outer * results, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; row++) {
      const auto p = static_cast<std::size_t>(row % results);
      const T* const from = x + row / results * elements * inner;
      if constexpr (std::is_same_v<T, float>) {
        blend(y + row * inner, from, inner, sums.places.data() + sums.begin[p], sums.weights.data() + sums.begin[p],
              static_cast<std::int64_t>(sums.begin[p + 1] - sums.begin[p]), inner);
        continue;
      }
      for (std::int64_t first = 0; first < inner; first += kBlock) {
        const std::int64_t n = std::min(kBlock, inner - first);
        double block[kBlock] = {};
        for (std::size_t t = sums.begin[p]; t < sums.begin[p + 1]; t++) {
          const T* const element = from + sums.places[t] * inner + first;
          for (std::int64_t i = 0; i < n; i++) block[i] += sums.weights[t] * static_cast<double>(element[i]);
        }
        for (std::int64_t i = 0; i < n; i++) y[row * inner + first + i] = rounded<T>(block[i]);
      }
    }
  });
}

/// Whether the elements of x lie in memory as these strides say; those of axes of size 1 don't matter.
bool lies_by(const Array& x, const Dims& strides) {
  for (int i = 0; i < x.rank(); i++) {
    if (x.shape()[i] != 1 && x.strides()[i] != strides[i]) return false;
  }
  return true;
}

void add_along(const Array& y, const Array& given, int axis, const Sums& sums) {
  if (y.count() == 0) return;
  // x in the order of the result's axes.
  const Dims& shape = given.shape();
  const bool last = !lies_by(y, contiguous_strides(y.shape()));
  const Dims strides = last ? channels_last_strides(shape) : contiguous_strides(shape);
  const bool fits = lies_by(given, strides);
  Scratch<std::byte> copy(Context::current().pool(), fits ? 0 : shape.count() * static_cast<std::int64_t>(size_of(y.dtype())));
  const Array x(fits ? given.raw() : copy.data(), shape, strides, y.dtype());
  if (!fits) copy_elements(x, given);
  std::int64_t outer = 1, inner = 1;
  for (int i = 0; i < shape.size(); i++) {
    if (i == axis) continue;
    const bool slower = last && axis == 1 ? true : last && i == 1 ? false : i < axis;
    (slower ? outer : inner) *= shape[i];
  }
  with_type(y.dtype(), [&]<class T>() { add_taps(sums, x.raw_as<T>(), y.raw_as<T>(), outer, shape[axis], inner); });
}

}  // namespace

void map_axis(const Array& y, const Array& x, int axis, const AxisMap& map) { add_along(y, x, axis, sums_of(map)); }

void map_axis_adjoint(const Array& x, const Array& y, int axis, const AxisMap& map) {
  add_along(x, y, axis, adjoint_of(sums_of(map), map.elements));
}

}  // namespace argent::kernels
