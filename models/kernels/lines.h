// models/kernels/lines.h - private: arrays as lines along one axis.
#pragma once

#include <algorithm>
#include <array>

#include "models/kernels/strided.h"

namespace argent::kernels {

template <std::size_t N>
using Lines = std::array<Array, N>;

/// Calls `f(data, steps)` for each line along `axis` of arrays that agree with `shape` in all other axes, or are larger: where the line
/// starts in each of them, and the bytes from one of its elements to the next. In parallel when there is much to do.
template <std::size_t N, class F>
void for_each_line(const Dims& shape, int axis, const Lines<N>& arrays, F&& f) {
  std::array<std::int64_t, N> steps;
  std::array<Dims, N> strides;
  Dims others;
  for (std::size_t t = 0; t < N; t++) {
    const auto bytes = static_cast<std::int64_t>(size_of(arrays[t].dtype()));
    steps[t] = arrays[t].strides()[axis] * bytes;
    for (int i = 0; i < shape.size(); i++) {
      if (i != axis) strides[t].push_back(arrays[t].strides()[i] * bytes);
    }
  }
  for (int i = 0; i < shape.size(); i++) {
    if (i != axis) others.push_back(shape[i]);
  }
  const std::int64_t length = std::max<std::int64_t>(1, shape[axis]), lines = others.count();
  Context& context = Context::current();
  parallel_for(context.pool(), lines * length < 2 * kParallelElements ? 1 : context.threads(), lines,
               std::max<std::int64_t>(1, kParallelElements / length), [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t line = begin; line < end; line++) {
                   std::array<std::byte*, N> data;
                   for (std::size_t t = 0; t < N; t++) data[t] = arrays[t].raw();
                   std::int64_t rest = line;
                   for (int i = others.size() - 1; i >= 0; i--) {
                     for (std::size_t t = 0; t < N; t++) data[t] += rest % others[i] * strides[t][i];
                     rest /= others[i];
                   }
                   f(data, steps);
                 }
               });
}

}  // namespace argent::kernels
