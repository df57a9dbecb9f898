// models/runtime/buffer_pool.h - large blocks of memory that are used again instead of being given back to the system.
//
// A fresh page costs about as much as rendering the pixels on it, so pictures and the kernels' scratch come from here.
#pragma once

#include <cstddef>
#include <memory>

namespace argent {

/// Thread-safe. Blocks keep the pool's storage alive, so an Image may outlive the Pipeline that made it.
class BufferPool {
 public:
  BufferPool();

  /// At least `bytes` bytes, aligned to 64; contents are undefined. The block returns to the pool when the last owner lets go.
  /// Throws Error when the system has no memory left.
  std::shared_ptr<std::byte> lease(std::size_t bytes);

  /// The same as a plain pair, for C callbacks. `allocate` returns nullptr when there is no memory.
  void* allocate(std::size_t bytes) noexcept;
  void release(void* block) noexcept;

  /// Blocks taken from the system since construction. Constant in the steady state.
  std::size_t system_allocations() const noexcept;

  /// Gives unused blocks back to the system.
  void trim() noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace argent
