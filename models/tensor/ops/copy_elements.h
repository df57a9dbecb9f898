// models/tensor/ops/copy_elements.h - private: elements from one tensor to another of the same type.
#pragma once

#include <cstdint>
#include <cstring>

#include "models/tensor/strided.h"

namespace argent::tensor {

/// Calls f<U>() with an unsigned integer of the width of `type`: to move elements, their meaning does not matter.
template <class F>
void with_width(DType type, F&& f) {
  switch (size_of(type)) {
    case 1:
      return f.template operator()<std::uint8_t>();
    case 2:
      return f.template operator()<std::uint16_t>();
    case 4:
      return f.template operator()<std::uint32_t>();
    default:
      return f.template operator()<std::uint64_t>();
  }
}

/// From `source`, broadcast to the shape of `target`. They must not overlap.
inline void copy_elements(const Tensor& target, const Tensor& source) {
  with_width(target.dtype(), [&]<class T>() {
    for_each_run(strided_bytes(target, source), [](const auto& data, const auto& step, std::int64_t n) {
      if (step[0] == sizeof(T) && step[1] == sizeof(T)) {
        std::memcpy(data[0], data[1], static_cast<std::size_t>(n) * sizeof(T));
        return;
      }
      for (std::int64_t i = 0; i < n; i++)
        *reinterpret_cast<T*>(data[0] + i * step[0]) = *reinterpret_cast<const T*>(data[1] + i * step[1]);
    });
  });
}

/// A view of `x` that no tape and no trace knows of, for kernels.
inline Tensor window(const Tensor& x, const Dims& shape, const Dims& strides, std::int64_t offset) {
  Ref<TensorState> state(new TensorState);
  state->storage = x.state()->storage;
  state->offset = x.state()->offset + offset;
  state->shape = shape;
  state->strides = strides;
  state->dtype = x.dtype();
  return Tensor(std::move(state));
}

}  // namespace argent::tensor
