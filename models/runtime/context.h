// models/runtime/context.h - what the operations of a thread may use: memory, threads, the processor's instruction set.
#pragma once

#include "models/runtime/buffer_pool.h"
#include "models/runtime/cpu.h"
#include "models/runtime/scoped_value.h"

namespace argent {

/// Each thread has a current Context; at first all share one that lives as long as the process.
class Context {
 public:
  /// `threads`: how many may work on one operation, the caller being one of them; at least 1. Results do not depend on it.
  explicit Context(int threads, CpuTarget target = cpu_target_from_environment());

  BufferPool& pool() { return pool_; }
  int threads() const { return threads_; }
  void set_threads(int threads);
  CpuTarget target() const { return target_; }

  static Context& current();

 private:
  BufferPool pool_;
  int threads_;
  CpuTarget target_;
};

/// Makes `context` the calling thread's until the end of the scope.
class ContextScope {
 public:
  explicit ContextScope(Context& context);

 private:
  ScopedValue<Context*> scope_;
};

}  // namespace argent
