#include "models/runtime/dims.h"

namespace argent {

std::string to_text(const Dims& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (std::int64_t size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

Dims contiguous_strides(const Dims& shape) {
  Dims strides = Dims::filled(shape.size(), 1);
  for (int i = shape.size() - 2; i >= 0; i--) strides[i] = strides[i + 1] * std::max<std::int64_t>(shape[i + 1], 1);
  return strides;
}

Dims channels_last_strides(const Dims& shape) {
  Dims strides = Dims::filled(shape.size(), 1);
  std::int64_t step = std::max<std::int64_t>(shape[1], 1);
  for (int i = shape.size() - 1; i >= 2; i--) {
    strides[i] = step;
    step *= std::max<std::int64_t>(shape[i], 1);
  }
  strides[0] = step;
  return strides;
}

int checked_axis(std::int64_t axis, int rank) {
  const std::int64_t wrapped = axis < 0 ? axis + rank : axis;
  if (wrapped < 0 || wrapped >= rank) throw Error("axis ", axis, " of a tensor of rank ", rank);
  return static_cast<int>(wrapped);
}

Dims inverse_axes(const Dims& axes) {
  Dims result = axes;
  for (int i = 0; i < axes.size(); i++) result[static_cast<int>(axes[i])] = i;
  return result;
}

Dims broadcast(const Dims& a, const Dims& b) {
  Dims result = a.size() >= b.size() ? a : b;
  const Dims& other = a.size() >= b.size() ? b : a;
  const int skipped = result.size() - other.size();
  for (int i = 0; i < other.size(); i++) {
    std::int64_t& size = result[skipped + i];
    if (size == other[i] || other[i] == 1) continue;
    if (size != 1) throw Error("shapes ", a, " and ", b, " do not broadcast");
    size = other[i];
  }
  return result;
}

}  // namespace argent
