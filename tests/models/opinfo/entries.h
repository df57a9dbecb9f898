// tests/models/opinfo/entries.h - how each of OpInfo's entries is called here.
#pragma once

#include <functional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "models/tensor/ops.h"
#include "tests/models/opinfo/arguments.h"

namespace argent::tensor::opinfo {

/// How far f16 and bf16 may be from the truth, and who made the function out of operations.
enum class Made {
  kOperation,  ///< one operation: 1 unit in the last place
  kComposite,  ///< one of the engine's functions, of several operations: 4
  kHere,       ///< of several operations by the test; it sees f32 where the sample is f16 or bf16, as the engine's composites do: 4
};

using A = Arguments;

struct Entry {
  template <class F>
  Entry(std::string_view entry, F f, Made how = Made::kOperation) : name(entry), made(how) {
    run = [f](Arguments& arguments) {
      if constexpr (std::is_same_v<std::invoke_result_t<F, Arguments&>, Tensor>) {
        return std::vector<Tensor>{f(arguments)};
      } else {
        return f(arguments);
      }
    };
  }

  std::string_view name;
  Made made;
  std::function<std::vector<Tensor>(Arguments&)> run;
  /// What lies at the indices that an order found. Torch's order of what is equal is not fixed: indices may differ, these must not.
  std::function<Tensor(Arguments&, const Tensor& indices)> look;
};

/// Of the one argument `input`.
inline Entry unary(std::string_view name, Tensor (*f)(const Operand&), Made made = Made::kOperation) {
  return {name, [f](A& a) { return f(a.operand()); }, made};
}
/// Of `input` and `other`.
inline Entry binary(std::string_view name, Tensor (*f)(const Operand&, const Operand&), Made made = Made::kOperation) {
  return {name, [f](A& a) { return f(a.operand(), a.operand(1, "other")); }, made};
}

std::vector<Entry> pointwise_entries();
std::vector<Entry> movement_entries();
std::vector<Entry> reduction_entries();
std::vector<Entry> index_entries();
std::vector<Entry> matrix_entries();
std::vector<Entry> window_entries();
std::vector<Entry> fourier_entries();
std::vector<Entry> network_entries();

}  // namespace argent::tensor::opinfo
