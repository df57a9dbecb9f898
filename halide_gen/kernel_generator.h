// halide_gen/kernel_generator.h - what all generators share.
#pragma once

#include <type_traits>

#include "Halide.h"
#include "llvm_words.h"
#include "lowering_passes.h"

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

  /// Whether llvm_words.h's functions may be called: on processors with AVX-512 VBMI, by a schedule of ours, in vectors of 32.
  bool has_llvm_words() const {
    if constexpr (requires { this->get_externs_map()->begin()->second; }) {
      return is_for_vbmi(this->get_target()) && !automatic();
    } else {
      return false;
    }
  }
  /// Whatever of llvm_words.h generate() called comes with the kernel, and what it did not, where Halide would use halves of vectors. On
  /// every x86-64, what aligned_stack() needs. For schedule().
  void use_llvm_words() {
    if constexpr (requires { this->get_externs_map()->begin()->second; }) {
      if (automatic() || this->get_target().arch != Halide::Target::X86) return;
      using Code = std::decay_t<decltype(this->get_externs_map()->begin()->second)>;
      const bool words = has_llvm_words();
      this->get_externs_map()->emplace("llvm_words", Code::bitcode_wrapper(this->get_target(), llvm_words::bitcode(words), "llvm_words"));
      if (words) this->get_pipeline().add_custom_lowering_pass(lowering_passes::whole_vectors());
      this->get_pipeline().add_custom_lowering_pass(lowering_passes::aligned_stack());
    }
  }

 private:
  static bool is_for_vbmi(const Halide::Target& target) { return target.has_feature(Halide::Target::AVX512_Cannonlake); }
};

}  // namespace argent
