// models/kernels/feature_maps.h - private: arrays [N, C, spatial] of one to three spatial axes, always seen with three.
#pragma once

#include <algorithm>
#include <span>

#include "models/kernels/array.h"
#include "models/kernels/convolution.h"

namespace argent::kernels {

/// The last numbers of `from` as those of three axes; what is missing in front is `missing`.
inline Spatial spatial(std::span<const std::int64_t> from, std::int64_t missing) {
  Spatial result;
  result.fill(missing);
  std::copy(from.begin(), from.end(), result.end() - static_cast<std::ptrdiff_t>(from.size()));
  return result;
}

template <class T>
FeatureMaps<T> feature_maps(const Array& x) {
  const std::span<const std::int64_t> size(x.shape()), step(x.strides());
  return {x.raw_as<T>(), size[1], spatial(size.subspan(2), 1), step[0], step[1], spatial(step.subspan(2), 0)};
}

}  // namespace argent::kernels
