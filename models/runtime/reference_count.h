// models/runtime/reference_count.h - a pointer to an object that counts its owners itself: half the size and one allocation of shared_ptr.
#pragma once

#include <atomic>
#include <utility>

namespace argent {

/// Base of what a Ref may own. Thread-safe counting.
class Counted {
 public:
  Counted() = default;
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  int owners() const noexcept { return owners_.load(std::memory_order_relaxed); }

 protected:
  ~Counted() = default;

 private:
  template <class T>
  friend class Ref;
  std::atomic<int> owners_ = 0;
};

/// Shared ownership of a T, which derives from Counted and has `static void destroy(T*)`.
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* object) noexcept : object_(object) { retain(); }
  Ref(const Ref& other) noexcept : object_(other.object_) { retain(); }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr && object_->owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) T::destroy(object_);
  }

  T* get() const noexcept { return object_; }
  T* operator->() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  friend bool operator==(const Ref& a, const Ref& b) noexcept { return a.object_ == b.object_; }

 private:
  void retain() noexcept {
    if (object_ != nullptr) object_->owners_.fetch_add(1, std::memory_order_relaxed);
  }
  T* object_ = nullptr;
};

}  // namespace argent
