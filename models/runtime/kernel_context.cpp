#include "models/runtime/kernel_context.h"

#include <HalideRuntime.h>

#include <algorithm>
#include <atomic>

#include "models/runtime/error.h"

namespace argent {
namespace {

KernelContext& context_of(void* user_context) { return *static_cast<KernelContext*>(user_context); }

/// A parallel loop cut into as many workers as the call may have; each takes the next index until none is left.
struct Loop {
  halide_task_t task;
  std::uint8_t* closure;
  int end;
  std::atomic<int> next;
};

int work(void* user_context, int, std::uint8_t* loop_pointer) {
  Loop& loop = *reinterpret_cast<Loop*>(loop_pointer);
  for (int i = loop.next++; i < loop.end; i = loop.next++) {
    if (const int status = loop.task(user_context, i, loop.closure)) return status;
  }
  return 0;
}

int parallel_for(void* user_context, halide_task_t task, int min, int size, std::uint8_t* closure) {
  Loop loop{task, closure, min + size, min};
  auto* loop_pointer = reinterpret_cast<std::uint8_t*>(&loop);
  const int workers = std::min(context_of(user_context).threads(), size);
  if (workers <= 1) return work(user_context, 0, loop_pointer);
  return halide_default_do_par_for(user_context, work, 0, workers, loop_pointer);
}

bool install() {
  halide_set_error_handler([](void* user_context, const char* message) { context_of(user_context).set_error(message); });
  halide_set_custom_malloc([](void* user_context, std::size_t bytes) { return context_of(user_context).pool().allocate(bytes); });
  halide_set_custom_free([](void* user_context, void* block) { context_of(user_context).pool().release(block); });
  halide_set_custom_do_par_for(parallel_for);
  return true;
}

}  // namespace

KernelContext::KernelContext(BufferPool& pool, int threads) : pool_(pool), threads_(threads) {
  static const bool installed = install();
  (void)installed;
}

void KernelContext::set_error(std::string_view message) {
  const std::lock_guard lock(mutex_);
  if (error_.empty()) error_ = message;
}

void KernelContext::check(int status, std::string_view kernel) const {
  if (status == 0) return;
  std::string message = error_.empty() ? "failed with status " + std::to_string(status) : error_;
  while (!message.empty() && (message.back() == '\n' || message.back() == '.')) message.pop_back();
  throw Error(std::string(kernel) + ": " + message);
}

}  // namespace argent
