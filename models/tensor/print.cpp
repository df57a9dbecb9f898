// Tensors as text, for people.

#include <cmath>
#include <cstdio>
#include <ostream>

#include "models/tensor/tensor.h"

namespace argent::tensor {
namespace {

constexpr std::int64_t kEdge = 3;       // elements shown at each end of a long axis
constexpr std::int64_t kLongAxis = 10;  // longer ones are cut

std::string number(double value, DType type) {
  char text[32];
  if (type == DType::kBool) return value != 0 ? "true" : "false";
  std::snprintf(text, sizeof text, is_floating(type) ? "%.5g" : "%.0f", value);
  return text;
}

/// Appends the block of `axis` and beyond that starts at element `offset` of the values in index order.
void append(std::string& text, const std::vector<double>& values, const Tensor& tensor, int axis, std::size_t offset) {
  if (axis == tensor.rank()) {
    text += number(values[offset], tensor.dtype());
    return;
  }
  std::size_t block = 1;
  for (int i = axis + 1; i < tensor.rank(); i++) block *= static_cast<std::size_t>(tensor.shape()[i]);
  const std::int64_t size = tensor.shape()[axis];
  const bool innermost = axis + 1 == tensor.rank();
  text += "[";
  for (std::int64_t i = 0; i < size; i++) {
    if (i > 0) text += innermost ? ", " : ",\n" + std::string(static_cast<std::size_t>(axis) + 1, ' ');
    if (size > kLongAxis && i == kEdge) {
      text += "...";
      i = size - kEdge - 1;
      continue;
    }
    append(text, values, tensor, axis + 1, offset + static_cast<std::size_t>(i) * block);
  }
  text += "]";
}

}  // namespace

std::string to_text(const Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  std::string text = to_text(tensor.dtype()) + " " + to_text(tensor.shape()) + (tensor.rank() > 1 ? "\n" : " ");
  append(text, read_values(tensor), tensor, 0, 0);
  return text;
}

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) { return out << to_text(tensor); }

}  // namespace argent::tensor
