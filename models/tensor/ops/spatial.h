// models/tensor/ops/spatial.h - private: tensors [N, C, spatial] as the kernels see them, always with three spatial axes.
#pragma once

#include <algorithm>

#include "models/kernels/convolution.h"
#include "models/tensor/tensor.h"

namespace argent::tensor {

inline Dims spatial_of(const Dims& shape) { return Dims(std::span(shape.begin() + 2, shape.end())); }

inline Dims shape_of(std::int64_t first, std::int64_t second, const Dims& spatial) {
  Dims shape{first, second};
  for (std::int64_t size : spatial) shape.push_back(size);
  return shape;
}

/// The last numbers of `from` as those of three axes; what is missing in front is `missing`.
inline kernels::Spatial spatial(std::span<const std::int64_t> from, std::int64_t missing) {
  kernels::Spatial result;
  result.fill(missing);
  std::copy(from.begin(), from.end(), result.end() - static_cast<std::ptrdiff_t>(from.size()));
  return result;
}

template <class T, class Data = T>
kernels::FeatureMaps<Data> feature_maps(const Tensor& x) {
  const std::span<const std::int64_t> size(x.shape()), step(x.strides());
  return {x.raw_as<T>(), size[1], spatial(size.subspan(2), 1), step[0], step[1], spatial(step.subspan(2), 0)};
}

/// One number for each axis, from as many or from one for all. Throws Error for another count.
inline Dims for_axes(const Dims& given, int axes, std::string_view what) {
  constexpr std::int64_t kMost = std::int64_t{1} << 31;
  for (std::int64_t value : given) {
    if (value > kMost || value < -kMost) throw Error(std::string(what) + " " + std::to_string(value));
  }
  if (given.size() == axes) return given;
  if (given.size() == 1) return Dims::filled(axes, given[0]);
  throw Error(std::to_string(given.size()) + " numbers as " + std::string(what) + ", expected 1 or " + std::to_string(axes));
}

}  // namespace argent::tensor
