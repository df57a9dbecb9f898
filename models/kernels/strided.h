// models/kernels/strided.h - private: loops over the elements of several arrays of one shape, whatever their strides.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdlib>

#include "models/kernels/array.h"
#include "models/runtime/context.h"
#include "models/runtime/parallel.h"

namespace argent::kernels {

/// Below this many elements a second thread costs more than it does.
inline constexpr std::int64_t kParallelElements = 32768;

/// The axes from the largest stride to the smallest, those alike in their order. Few enough to be inserted one by one.
inline std::array<int, Dims::kMax> axes_by_stride(const Dims& strides) {
  std::array<int, Dims::kMax> order{};
  for (int i = 0; i < strides.size(); i++) {
    int place = i;
    for (; place > 0 && std::abs(strides[order[static_cast<std::size_t>(place - 1)]]) < std::abs(strides[i]); place--)
      order[static_cast<std::size_t>(place)] = order[static_cast<std::size_t>(place - 1)];
    order[static_cast<std::size_t>(place)] = i;
  }
  return order;
}

/// N arrays as bytes: where element 0 lies and how far it is, along each axis, to the next.
template <std::size_t N>
struct StridedBytes {
  Dims shape;
  std::array<std::byte*, N> data;
  std::array<Dims, N> strides;

  /// Drops axes of size 1 and joins those that all N walk in one go. The first array's order is made the loop's.
  void simplify() {
    const std::array<int, Dims::kMax> order = axes_by_stride(strides[0]);
    StridedBytes joined{{}, data, {}};
    for (int k = 0; k < shape.size(); k++) {
      const int axis = order[static_cast<std::size_t>(k)];
      if (shape[axis] == 1) continue;
      const int last = joined.shape.size() - 1;
      bool joins = last >= 0;
      for (std::size_t i = 0; i < N && joins; i++) joins = joined.strides[i][last] == strides[i][axis] * shape[axis];
      if (joins) {
        joined.shape[last] *= shape[axis];
        for (std::size_t i = 0; i < N; i++) joined.strides[i][last] = strides[i][axis];
      } else {
        joined.shape.push_back(shape[axis]);
        for (std::size_t i = 0; i < N; i++) joined.strides[i].push_back(strides[i][axis]);
      }
    }
    if (joined.shape.empty()) {
      joined.shape.push_back(1);
      for (std::size_t i = 0; i < N; i++) joined.strides[i].push_back(0);
    }
    *this = joined;
  }
};

/// Strides of `x` in bytes as if it had `shape`, which it broadcasts to: 0 along repeated axes.
inline Dims broadcast_byte_strides(const Array& x, const Dims& shape) {
  const auto bytes = static_cast<std::int64_t>(size_of(x.dtype()));
  Dims strides = Dims::filled(shape.size(), 0);
  const int skipped = shape.size() - x.rank();
  for (int i = 0; i < x.rank(); i++) {
    if (x.shape()[i] != 1) strides[skipped + i] = x.strides()[i] * bytes;
  }
  return strides;
}

/// The given arrays, broadcast to the shape of the first.
template <std::convertible_to<Array>... More>
StridedBytes<1 + sizeof...(More)> strided_bytes(const Array& first, const More&... more) {
  const std::array<Array, 1 + sizeof...(More)> arrays{first, more...};
  StridedBytes<arrays.size()> result{first.shape(), {}, {}};
  for (std::size_t i = 0; i < arrays.size(); i++) {
    result.data[i] = arrays[i].raw();
    result.strides[i] = broadcast_byte_strides(arrays[i], first.shape());
  }
  return result;
}

/// Calls `run(data, strides, n)` for stretches along one axis that together cover all elements once: n elements of each array, the first
/// at data[i], the next strides[i] bytes further. In parallel when there are many.
template <std::size_t N, class Run>
void for_each_run(StridedBytes<N> operands, Run&& run) {
  if (operands.shape.count() == 0) return;
  operands.simplify();
  const int inner = operands.shape.size() - 1;
  const std::int64_t length = operands.shape[inner];
  const std::int64_t runs = operands.shape.count() / length;
  std::array<std::int64_t, N> steps;
  for (std::size_t i = 0; i < N; i++) steps[i] = operands.strides[i][inner];

  // Stretches are cut when there are too few of them to share.
  const std::int64_t cut = std::min(length, kParallelElements);
  const std::int64_t cuts = (length + cut - 1) / cut;
  const auto work = [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t piece = begin; piece < end; piece++) {
      std::int64_t rest = piece / cuts;
      const std::int64_t start = piece % cuts * cut;
      std::array<std::byte*, N> data = operands.data;
      for (int axis = inner - 1; axis >= 0; axis--) {
        const std::int64_t index = rest % operands.shape[axis];
        rest /= operands.shape[axis];
        for (std::size_t i = 0; i < N; i++) data[i] += index * operands.strides[i][axis];
      }
      for (std::size_t i = 0; i < N; i++) data[i] += start * steps[i];
      run(data, steps, std::min(cut, length - start));
    }
  };
  const std::int64_t pieces = runs * cuts;
  if (runs * length < 2 * kParallelElements) {
    work(0, pieces);
    return;
  }
  Context& context = Context::current();
  parallel_for(context.pool(), context.threads(), pieces, std::max<std::int64_t>(1, kParallelElements / cut), work);
}

}  // namespace argent::kernels
