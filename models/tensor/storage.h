// models/tensor/storage.h - private: the bytes that tensors are views of.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "models/runtime/reference_count.h"

namespace argent::tensor {

/// 64-byte aligned memory, shared by all views of it. Counts the writes, so that what was saved for a gradient can be told stale.
class Storage : public Counted {
 public:
  /// Undefined contents. From the current Context's pool, small ones from the heap. Throws Error when there is no memory.
  static Ref<Storage> allocate(std::size_t bytes);
  /// Memory of somebody else's, kept alive by `owner`, which may be empty.
  static Ref<Storage> around(void* data, std::size_t bytes, std::shared_ptr<const void> owner);

  std::byte* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }
  std::uint32_t version() const { return version_.load(std::memory_order_relaxed); }
  std::uint32_t made_by() const { return made_by_; }  ///< the trace that was recorded when it was allocated; 0: none
  void written() { version_.fetch_add(1, std::memory_order_relaxed); }

  static void destroy(Storage* storage) noexcept;

 private:
  Storage(void* data, std::size_t bytes) : data_(static_cast<std::byte*>(data)), bytes_(bytes) {}
  ~Storage() = default;

  std::byte* data_;
  std::size_t bytes_;
  std::atomic<std::uint32_t> version_ = 0;
  std::uint32_t made_by_ = 0;
  std::shared_ptr<const void> owner_;  // empty: the bytes stand behind this object
};

}  // namespace argent::tensor
