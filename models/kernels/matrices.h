// models/kernels/matrices.h - private: matrices in the last two axes of arrays, one for each index of the axes before.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

/// All axes but the last two.
inline Dims batch_of(const Array& x) { return Dims(std::span(x.shape().begin(), x.shape().end() - 2)); }

/// The shape of the products of a's matrices and b's, whose batches broadcast.
inline Dims product_shape(const Array& a, const Array& b) {
  Dims shape = broadcast(batch_of(a), batch_of(b));
  shape.push_back(a.size(-2));
  shape.push_back(b.size(-1));
  return shape;
}

/// The matrices of an array, as many as `batch`, which the array's own broadcasts to.
template <class T>
class Matrices {
 public:
  Matrices(const Array& x, const Dims& batch)
      : rows(x.size(-2)),
        columns(x.size(-1)),
        down(x.strides()[x.rank() - 2]),
        right(x.strides()[x.rank() - 1]),
        first_(x.raw_as<T>()),
        batch_(batch),
        strides_(Dims::filled(batch.size(), 0)) {
    const int own = x.rank() - 2, added = batch.size() - own;
    for (int i = 0; i < own; i++) strides_[added + i] = x.shape()[i] == 1 ? 0 : x.strides()[i];
  }

  /// The first element of a matrix; the others `down` and `right` of it.
  T* operator[](std::int64_t index) const {
    T* at = first_;
    for (int axis = batch_.size() - 1; axis >= 0; axis--) {
      at += index % batch_[axis] * strides_[axis];
      index /= batch_[axis];
    }
    return at;
  }

  const std::int64_t rows, columns;  ///< of each matrix
  const std::int64_t down, right;    ///< elements to the next row, to the next column

 private:
  T* first_;
  Dims batch_, strides_;
};

}  // namespace argent::kernels
