// models/kernels/gemm.h - private: products of matrices of f32 and f64.
#pragma once

#include <cstdint>

#include "models/kernels/kernels.h"
#include "models/runtime/buffer_pool.h"

namespace argent::kernels {

/// What a kernel works with: memory, threads, and the loops of the instruction set.
struct Resources {
  BufferPool& pool;
  int threads;
  const Kernels& kernels;

  static Resources current();  ///< the thread's Context's
};

/// Element (i, j) lies at data[i * row + j * column].
template <class T>
struct Matrix {
  const T* data = nullptr;
  std::int64_t row = 0, column = 1;
};

/// c = a b: a is m x k, b is k x n, the rows of c, which overlaps neither, are c_row apart. k may be 0. Bits do not depend on the threads.
/// After Goto and van de Geijn, Anatomy of high-performance matrix multiplication (2008).
template <class T>
void gemm(const Resources& resources, std::int64_t m, std::int64_t n, std::int64_t k, Matrix<T> a, Matrix<T> b, T* c, std::int64_t c_row);

/// Columns first .. first + columns - 1 of `k` rows of b, side by side, zeros up to `width`.
template <class T>
void pack_columns(const Resources& resources, T* to, std::int64_t width, Matrix<T> b, std::int64_t k, std::int64_t first,
                  std::int64_t columns);

extern template void gemm(const Resources&, std::int64_t, std::int64_t, std::int64_t, Matrix<float>, Matrix<float>, float*, std::int64_t);
extern template void gemm(const Resources&, std::int64_t, std::int64_t, std::int64_t, Matrix<double>, Matrix<double>, double*,
                          std::int64_t);

}  // namespace argent::kernels
