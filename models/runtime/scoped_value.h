// models/runtime/scoped_value.h - a variable that has another value until the end of a scope.
#pragma once

#include <utility>

namespace argent {

/// Sets `place`, which must outlive it, and puts back what was there.
template <class T>
class ScopedValue {
 public:
  ScopedValue(T& place, T value) : place_(place), before_(std::exchange(place, std::move(value))) {}
  ~ScopedValue() { place_ = std::move(before_); }
  ScopedValue(const ScopedValue&) = delete;
  ScopedValue& operator=(const ScopedValue&) = delete;

 private:
  T& place_;
  T before_;
};

}  // namespace argent
