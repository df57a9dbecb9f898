// models/kernels/converted.h - private: an array as a kernel of another type takes it.
#pragma once

#include "models/kernels/array.h"
#include "models/kernels/pointwise.h"
#include "models/kernels/scratch.h"
#include "models/runtime/context.h"

namespace argent::kernels {

/// Room for x in a type and with strides, or x itself if it has them. The values are x's after from(); what a kernel has written is in x
/// after back(). The memory of x must outlive it.
class Converted {
 public:
  Converted(const Array& x, DType type, const Dims& strides)
      : x_(x),
        shape_(x.shape()),
        strides_(strides),
        own_(x.dtype() != type || !(x.strides() == strides)),
        memory_(Context::current().pool(), own_ ? x.count() * static_cast<std::int64_t>(size_of(type)) : 0),
        array_(own_ ? Array(memory_.data(), shape_, strides_, type) : x) {}

  const Array& array() const { return array_; }
  const Array& from() const {
    if (own_) convert_elements(array_, x_);
    return array_;
  }
  void back() const {
    if (own_) convert_elements(x_, array_);
  }

 private:
  Array x_;
  Dims shape_, strides_;
  bool own_;
  Scratch<std::byte> memory_;
  Array array_;
};

}  // namespace argent::kernels
