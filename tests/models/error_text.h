// tests/models/error_text.h - what an Error says.
#pragma once

#include <string>

#include "models/runtime/error.h"

namespace argent::tensor {

/// The text of the Error that `f` throws; empty when it throws none.
template <class F>
std::string error_text(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace argent::tensor
