// models/runtime/dims.h - a short list of sizes, strides or axes that lives without the heap.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "models/runtime/error.h"

namespace argent {

/// At most kMax numbers. As a shape: sizes from the slowest to the fastest axis; empty is the shape of a single number.
class Dims {
 public:
  static constexpr int kMax = 8;

  constexpr Dims() = default;
  constexpr Dims(std::initializer_list<std::int64_t> values) : Dims(std::span(values.begin(), values.size())) {}
  /// Throws Error when there are more than kMax.
  constexpr explicit Dims(std::span<const std::int64_t> values) {
    if (values.size() > kMax) throw Error(values.size(), " dimensions, at most ", kMax, " are possible");
    size_ = static_cast<int>(values.size());
    std::copy(values.begin(), values.end(), values_);
  }
  /// `count` times `value`.
  static constexpr Dims filled(int count, std::int64_t value) {
    Dims dims;
    for (int i = 0; i < count; i++) dims.push_back(value);
    return dims;
  }

  constexpr int size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr std::int64_t& operator[](int i) { return values_[i]; }
  constexpr std::int64_t operator[](int i) const { return values_[i]; }
  constexpr std::int64_t back() const { return values_[size_ - 1]; }
  constexpr std::int64_t* begin() { return values_; }
  constexpr std::int64_t* end() { return values_ + size_; }
  constexpr const std::int64_t* begin() const { return values_; }
  constexpr const std::int64_t* end() const { return values_ + size_; }

  constexpr void push_back(std::int64_t value) { insert(size_, value); }
  constexpr void insert(int at, std::int64_t value) {
    if (size_ == kMax) throw Error("more than ", kMax, " dimensions");
    for (int i = size_++; i > at; i--) values_[i] = values_[i - 1];
    values_[at] = value;
  }
  constexpr void erase(int at) {
    for (int i = at; i + 1 < size_; i++) values_[i] = values_[i + 1];
    size_--;
  }
  constexpr bool contains(std::int64_t value) const { return std::find(begin(), end(), value) != end(); }
  /// Product: the elements of a shape.
  constexpr std::int64_t count() const {
    std::int64_t product = 1;
    for (std::int64_t value : *this) product *= value;
    return product;
  }

  friend constexpr bool operator==(const Dims& a, const Dims& b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

 private:
  std::int64_t values_[kMax] = {};
  int size_ = 0;
};

/// "2x3x5"; "scalar" when empty.
std::string to_text(const Dims& shape);

/// Strides in elements of a dense block whose last axis is the fastest.
Dims contiguous_strides(const Dims& shape);

/// As contiguous_strides, with axis 1 (channels) the fastest, then the last, and so on: N x spatial x C in memory. Rank 3 or more.
Dims channels_last_strides(const Dims& shape);

/// `axis` counted from the front, 0 to rank - 1; negative counts from the end. Throws Error outside -rank to rank - 1.
int checked_axis(std::int64_t axis, int rank);

/// The permutation of axes that undoes `axes`.
Dims inverse_axes(const Dims& axes);

/// The shape that `a` and `b` broadcast to (NumPy's rule). Throws Error when they do not.
Dims broadcast(const Dims& a, const Dims& b);

}  // namespace argent
