// models/kernels/copy_elements.h - private: elements from one array to another of the same type.
#pragma once

#include <cstdint>
#include <cstring>

#include "models/kernels/strided.h"

namespace argent::kernels {

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
inline void copy_elements(const Array& target, const Array& source) {
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

/// Elements of `x` by other strides, from the one at `offset` on.
inline Array window(const Array& x, const Dims& shape, const Dims& strides, std::int64_t offset) {
  return {x.raw() + offset * static_cast<std::int64_t>(size_of(x.dtype())), shape, strides, x.dtype()};
}

}  // namespace argent::kernels
