// models/tensor/attributes.h - what an operation is told besides its tensors: axes, shapes, steps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "models/runtime/dims.h"
#include "models/runtime/dtype.h"

namespace argent::tensor {

/// Names of attributes, in alphabetical order, as Graph::text() prints them.
enum class Key : std::uint8_t {
  kAxes,
  kAxis,
  kBaseShape,
  kBaseStrides,
  kCount,
  kDilation,
  kDType,
  kGroups,
  kKeepAxes,
  kKernel,
  kMode,
  kOffset,
  kPadAfter,
  kPadBefore,
  kReverse,
  kShape,
  kStart,
  kStep,
  kStop,
  kStride,
  kStrides,
  kValue
};

std::string_view name_of(Key key);

using AttributeValue = std::variant<std::int64_t, double, DType, Dims>;

/// A short list of named values. Asking for one that is not there, or for another type, throws Error: a mistake in an operation's row.
class Attributes {
 public:
  Attributes() = default;
  Attributes(std::initializer_list<std::pair<Key, AttributeValue>> values) : values_(values) {}

  /// A copy in which `key` has this value.
  Attributes with(Key key, AttributeValue value) const;

  bool has(Key key) const { return find(key) != nullptr; }
  std::int64_t integer(Key key) const { return get<std::int64_t>(key); }
  double number(Key key) const { return get<double>(key); }
  DType dtype(Key key) const { return get<DType>(key); }
  const Dims& dims(Key key) const { return get<Dims>(key); }

  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }
  bool empty() const { return values_.empty(); }
  friend bool operator==(const Attributes&, const Attributes&) = default;

 private:
  const AttributeValue* find(Key key) const {
    for (const auto& [name, value] : values_) {
      if (name == key) return &value;
    }
    return nullptr;
  }
  template <class T>
  const T& get(Key key) const {
    const AttributeValue* value = find(key);
    const T* typed = value == nullptr ? nullptr : std::get_if<T>(value);
    if (typed == nullptr) throw Error("no attribute ", name_of(key), " of that type");
    return *typed;
  }

  std::vector<std::pair<Key, AttributeValue>> values_;
};

/// "axis=1, shape=2x3"
std::string to_text(const Attributes& attributes);

}  // namespace argent::tensor
