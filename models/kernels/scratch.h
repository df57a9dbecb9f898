// models/kernels/scratch.h - private: memory of a kernel's own, until the end of the scope.
#pragma once

#include <cstdint>
#include <new>
#include <string>

#include "models/runtime/buffer_pool.h"
#include "models/runtime/error.h"

namespace argent::kernels {

/// `count` elements, undefined, aligned to 64 bytes, from the pool; a few stand in the object itself.
template <class T>
class Scratch {
 public:
  Scratch(BufferPool& pool, std::int64_t count) : pool_(pool) {
    if (count <= kWithin) return;
    const auto bytes = static_cast<std::size_t>(count) * sizeof(T);
    data_ = static_cast<T*>(pool.allocate(bytes));
    if (data_ == nullptr) throw Error("out of memory: ", bytes, " bytes asked for");
    leased_ = true;
  }
  ~Scratch() {
    if (leased_) pool_.release(data_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  T* data() { return data_; }
  const T* data() const { return data_; }

 private:
  static constexpr std::int64_t kWithin = 1024 / sizeof(T);
  BufferPool& pool_;
  bool leased_ = false;
  alignas(64) T within_[kWithin];
  T* data_ = within_;
};

}  // namespace argent::kernels
