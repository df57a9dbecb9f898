// models/tensor/ops/batches.h - private: matrices in the last two axes of tensors, one for each index of the axes before.
#pragma once

#include "models/tensor/tensor.h"

namespace argent::tensor {

/// All axes but the last two.
inline Dims batch_of(const Tensor& x) { return Dims(std::span(x.shape().begin(), x.shape().end() - 2)); }

/// `batch` and a matrix of rows x columns.
inline Dims with_matrix(Dims batch, std::int64_t rows, std::int64_t columns) {
  batch.push_back(rows);
  batch.push_back(columns);
  return batch;
}

/// The matrices of a tensor, as many as `batch`, which the tensor's own broadcasts to.
template <class T>
class Matrices {
 public:
  Matrices(const Tensor& x, const Dims& batch)
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

}  // namespace argent::tensor
