// models/tensor/ops/spatial.h - private: shapes [N, C, spatial] with one to three spatial axes, and what is said of each of these.
#pragma once

#include "models/tensor/apply.h"

namespace argent::tensor {

inline Dims spatial_of(const Dims& shape) { return Dims(std::span(shape.begin() + 2, shape.end())); }

inline Dims shape_of(std::int64_t first, std::int64_t second, const Dims& spatial) {
  Dims shape{first, second};
  for (std::int64_t size : spatial) shape.push_back(size);
  return shape;
}

/// An output [batch, channels, spatial], channels-last.
inline void add_images(OutputSpecs& outputs, std::int64_t batch, std::int64_t channels, const Dims& spatial, DType type) {
  const Dims shape = shape_of(batch, channels, spatial);
  outputs.add(shape, type, channels_last_strides(shape));
}

inline constexpr std::int64_t kMostStep = std::int64_t{1} << 31;

/// Throws Error unless the attribute has a number, `low` or more, for each of the axes.
inline void check_numbers(const Attributes& a, Key key, int axes, std::int64_t low) {
  const Dims& values = a.dims(key);
  if (values.size() != axes) throw Error(values.size(), " numbers as ", name_of(key), ", expected ", axes);
  for (std::int64_t value : values) {
    if (value < low || value > kMostStep) throw Error(name_of(key), " ", value);
  }
}

/// One number for each axis, from as many or from one for all. Throws OpError "<op>: <what does not fit>".
inline Dims for_axes(const char* op, const Dims& given, int axes, const char* what) {
  for (std::int64_t value : given) {
    if (value > kMostStep || value < -kMostStep) throw OpError(op, ": ", what, " ", value);
  }
  if (given.size() == axes) return given;
  if (given.size() == 1) return Dims::filled(axes, given[0]);
  throw OpError(op, ": ", given.size(), " numbers as ", what, ", expected 1 or ", axes);
}

}  // namespace argent::tensor
