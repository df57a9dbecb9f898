// halide_gen/kernel_generator.h - what all generators share.
#pragma once

#include "Halide.h"

namespace argent {

template <class T>
class KernelGenerator : public Halide::Generator<T> {
 protected:
  /// An autoscheduler is at work (tests/benchmarks/kernel_benchmark.py) and wants bounds and estimates alone.
  bool automatic() const {
    if constexpr (requires { this->using_autoscheduler(); }) {
      return this->using_autoscheduler();
    } else {
      return this->get_auto_schedule();  // Halide 14
    }
  }
};

}  // namespace argent
