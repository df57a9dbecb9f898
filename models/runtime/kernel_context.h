// models/runtime/kernel_context.h - private: what one call of a kernel may use, and where its error goes.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "models/runtime/buffer_pool.h"

namespace argent {

/// Handed to a kernel as its user_context. Replaces Halide's defaults, which are one thread budget for the process, malloc, and abort().
class KernelContext {
 public:
  /// `threads`: how many may work on this call; the caller is one of them.
  KernelContext(BufferPool& pool, int threads);

  BufferPool& pool() { return pool_; }
  int threads() const { return threads_; }

  /// The first message is the cause; later ones follow from it.
  void set_error(std::string_view message);

  /// Throws Error "<kernel>: <message>" when `status`, a kernel's return value, is not 0.
  void check(int status, std::string_view kernel) const;

 private:
  BufferPool& pool_;
  int threads_;
  std::mutex mutex_;
  std::string error_;
};

}  // namespace argent
