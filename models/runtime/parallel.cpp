#include "models/runtime/parallel.h"

#include <HalideRuntime.h>

#include <exception>
#include <mutex>

#include "models/runtime/kernel_context.h"

namespace argent {
namespace {

struct Pieces {
  void (*piece)(void* context, int i);
  void* context;
  std::mutex mutex;
  std::exception_ptr failure;
};

int run_piece(void*, int i, std::uint8_t* closure) {
  Pieces& pieces = *reinterpret_cast<Pieces*>(closure);
  try {
    pieces.piece(pieces.context, i);
  } catch (...) {
    const std::lock_guard lock(pieces.mutex);
    if (!pieces.failure) pieces.failure = std::current_exception();
  }
  return 0;
}

}  // namespace

void parallel_pieces(BufferPool& pool, int threads, int pieces, void (*piece)(void* context, int i), void* context) {
  KernelContext kernel_context(pool, threads);
  Pieces closure{piece, context, {}, {}};
  halide_do_par_for(&kernel_context, run_piece, 0, pieces, reinterpret_cast<std::uint8_t*>(&closure));
  if (closure.failure) std::rethrow_exception(closure.failure);
}

}  // namespace argent
