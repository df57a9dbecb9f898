// models/kernels/linear_solve.h - private: systems of linear equations and what they are solved with, of the matrices in the last two axes
// of arrays. Any floating type, computed in f64 and rounded once; outputs are dense. Throws Error that names the matrix that has no result.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

/// out = X of a X = b: a [.., n, n], b [.., n, k]; batches broadcast to those of `out`.
void solve(const Array& out, const Array& a, const Array& b);

/// Which part of a matrix counts.
struct Triangular {
  bool upper = false;
  bool transposed = false;     ///< the part of the matrix, then turned round
  bool unit_diagonal = false;  ///< taken as 1, whatever it holds
};
/// The same of such a part of a.
void solve_triangular(const Array& out, const Array& a, const Array& b, Triangular part);

/// The lower triangular L of L L^T = (x + x^T) / 2.
void cholesky(const Array& out, const Array& x);

/// 1, -1, or 0 of a singular matrix, and log |determinant|: an element for each matrix.
void log_determinant(const Array& sign, const Array& absolute, const Array& x);

}  // namespace argent::kernels
