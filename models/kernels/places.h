// models/kernels/places.h - private: a list of positions; short ones live without the heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace argent::kernels {

class Places {
 public:
  void push_back(std::int64_t place) {
    if (size_ < kWithin)
      within_[size_] = place;
    else if (size_ == kWithin)
      beyond_.assign(within_, within_ + kWithin);
    if (size_++ >= kWithin) beyond_.push_back(place);
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const std::int64_t* data() const { return size_ > kWithin ? beyond_.data() : within_; }
  const std::int64_t* begin() const { return data(); }
  const std::int64_t* end() const { return data() + size_; }
  std::int64_t operator[](std::size_t i) const { return data()[i]; }
  std::int64_t front() const { return data()[0]; }
  std::int64_t back() const { return data()[size_ - 1]; }

 private:
  static constexpr std::size_t kWithin = 9;
  std::size_t size_ = 0;
  std::int64_t within_[kWithin] = {};
  std::vector<std::int64_t> beyond_;  // all of them, when there are more
};

}  // namespace argent::kernels
