// models/tensor/ops/composite.h - private: functions that are made of several operations.
#pragma once

#include <string_view>

#include "models/tensor/apply.h"

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

}  // namespace argent::tensor
