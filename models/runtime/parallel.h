// models/runtime/parallel.h - private: a loop cut into pieces that the threads of a call share.
#pragma once

#include <cstdint>
#include <type_traits>

#include "models/runtime/buffer_pool.h"

namespace argent {

/// Calls `piece(context, i)` for i in 0..pieces-1, in any order, on at most `threads` threads, the caller being one; in the pool of threads
/// that the pixel kernels use. The first exception is thrown again here, after the rest has run.
void parallel_pieces(BufferPool& pool, int threads, int pieces, void (*piece)(void* context, int i), void* context);

/// Calls `work(begin, end)` on ranges of `grain` (the last may be shorter) that cover 0..count. They do not depend on `threads`.
template <class Work>
void parallel_for(BufferPool& pool, int threads, std::int64_t count, std::int64_t grain, Work&& work) {
  struct Loop {
    std::int64_t count, grain;
    std::remove_reference_t<Work>& work;
  } loop{count, grain, work};
  const std::int64_t pieces = (count + grain - 1) / grain;
  if (pieces <= 1 || threads <= 1) {
    for (std::int64_t begin = 0; begin < count; begin += grain) work(begin, begin + grain < count ? begin + grain : count);
    return;
  }
  parallel_pieces(
      pool, threads, static_cast<int>(pieces),
      [](void* context, int i) {
        Loop& l = *static_cast<Loop*>(context);
        const std::int64_t begin = i * l.grain, end = begin + l.grain;
        l.work(begin, end < l.count ? end : l.count);
      },
      &loop);
}

}  // namespace argent
