// models/kernels/array.h - what a kernel sees of a tensor.
#pragma once

#include <cstddef>

#include "models/runtime/dims.h"
#include "models/runtime/dtype.h"

namespace argent::kernels {

/// Numbers of one type in somebody else's memory. Looks at the given shape and strides, too: they must outlive it.
class Array {
 public:
  /// `data`: the first element; strides count elements.
  Array(void* data, const Dims& shape, const Dims& strides, DType type)
      : data_(static_cast<std::byte*>(data)), shape_(&shape), strides_(&strides), type_(type) {}
  Array(void* data, Dims&& shape, Dims&& strides, DType type) = delete;

  const Dims& shape() const { return *shape_; }
  const Dims& strides() const { return *strides_; }
  DType dtype() const { return type_; }
  int rank() const { return shape_->size(); }
  std::int64_t count() const { return shape_->count(); }
  std::int64_t size(int axis) const { return (*shape_)[checked_axis(axis, rank())]; }  ///< negative counts from the end
  std::byte* raw() const { return data_; }
  template <class T>
  T* raw_as() const {
    return reinterpret_cast<T*>(data_);
  }

 private:
  std::byte* data_;
  const Dims *shape_, *strides_;
  DType type_;
};

}  // namespace argent::kernels
