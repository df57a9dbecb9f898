// models/tensor/ops/composite.h - private: functions that are made of several operations.
#pragma once

#include <string_view>

#include "models/tensor/apply.h"
#include "models/tensor/operand.h"

namespace argent::tensor {

/// Runs `f`: the operations in it say they were called from `at`, and an Error that none of them threw becomes
/// "<name>: <what does not fit> (<file>:<line>)".
template <class F>
auto composite(std::string_view name, Source at, F&& f) {
  const SourceScope scope(at);
  try {
    return f();
  } catch (const OpError&) {
    throw;
  } catch (const Error& error) {
    throw_named(name, error, at);
  }
}

/// A composite `f(x, axis)` along one axis: the axis counted from the front, a single number as a line of one.
template <class F>
Tensor on_axis(std::string_view name, const Operand& x, int axis, F&& f) {
  return composite(name, x.source(), [&]() -> Tensor {
    const Tensor tensor = x.tensor();
    if (tensor.rank() > 0) return f(tensor, checked_axis(axis, tensor.rank()));
    return f(tensor.view({1}), checked_axis(axis, 1)).view({});
  });
}

/// The row's attribute.
inline int axis_of(const Attributes& attributes) { return static_cast<int>(attributes.integer(Key::kAxis)); }

}  // namespace argent::tensor
