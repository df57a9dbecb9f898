#include "models/tensor/attributes.h"

#include <array>

namespace argent::tensor {

std::string_view name_of(Key key) {
  constexpr std::array<std::string_view, 22> kNames = {
      "axes",   "axis",      "base_shape", "base_strides", "count", "dilation", "dtype", "groups", "keep",   "kernel",  "mode",
      "offset", "pad_after", "pad_before", "reverse",      "shape", "start",    "step",  "stop",   "stride", "strides", "value"};
  static_assert(static_cast<std::size_t>(Key::kValue) + 1 == kNames.size());
  return kNames[static_cast<std::size_t>(key)];
}

Attributes Attributes::with(Key key, AttributeValue value) const {
  Attributes changed = *this;
  for (auto& [name, old] : changed.values_) {
    if (name == key) return old = std::move(value), changed;
  }
  changed.values_.emplace_back(key, std::move(value));
  return changed;
}

std::string to_text(const Attributes& attributes) {
  struct Text {
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(double value) const {
      char text[32];
      std::snprintf(text, sizeof text, "%.9g", value);
      return text;
    }
    std::string operator()(DType value) const { return std::string(name_of(value)); }
    std::string operator()(const Dims& value) const { return to_text(value); }
  };
  std::string text;
  for (const auto& [key, value] : attributes) {
    text += (text.empty() ? "" : ", ") + std::string(name_of(key)) + "=" + std::visit(Text{}, value);
  }
  return text;
}

}  // namespace argent::tensor
