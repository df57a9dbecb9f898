// models/tensor/ops/linear_algebra.h - matrices, which lie in the last two axes of tensors; the axes before are batches, and broadcast.
#pragma once

#include <span>
#include <string_view>

#include "models/tensor/operand.h"

namespace argent::tensor {

// ---- products --------------------------------------------------------------------------------------------------------------------------

/// [.., m, k] times [.., k, n]: [.., m, n]. An operand of rank 1 is a row on the left, a column on the right, and its axis of size 1 is
/// gone from the result. Short floating types are summed in f64 and rounded once.
Tensor matmul(const Operand& a, const Operand& b);
Tensor dot(const Operand& a, const Operand& b);                    ///< of two vectors of rank 1: a number
Tensor vecdot(const Operand& a, const Operand& b, int axis = -1);  ///< the sum of a * b along an axis
Tensor outer(const Operand& a, const Operand& b);                  ///< [m] and [n]: [m, n]
Tensor kron(const Operand& a, const Operand& b);                   ///< Kronecker's product, of any rank
/// `beta` * x + `alpha` * a b.
Tensor addmm(const Operand& x, const Operand& a, const Operand& b, double beta = 1, double alpha = 1);
/// x [.., in] times the transpose of `weight` [out, in], plus `bias` [out], which may be undefined.
Tensor linear(const Operand& x, const Operand& weight, const Tensor& bias = {});
/// The sum over pairs of axes: axes_a[i] of a and axes_b[i] of b. The axes that are left: a's, then b's.
Tensor tensordot(const Operand& a, const Operand& b, const Dims& axes_a, const Dims& axes_b);
/// Of square matrices; negative powers are those of the inverse.
Tensor matrix_power(const Operand& x, std::int64_t exponent);
/// Euclidean distances between points a [.., m, d] and b [.., n, d]: [.., m, n]. The gradient between points that coincide is 0.
Tensor cdist(const Operand& a, const Operand& b);
/// Einstein's sum: "bij,bjk->bik", "...i,i", "ii->i". Letters that the result does not name are summed over; without an arrow it names,
/// in alphabetical order, those that appear once. "..." stands for any number of axes, which broadcast. Spaces are skipped.
Tensor einsum(std::string_view equation, std::span<const Tensor> tensors, Source at = {__builtin_FILE(), __builtin_LINE()});
Tensor einsum(std::string_view equation, std::initializer_list<Tensor> tensors, Source at = {__builtin_FILE(), __builtin_LINE()});

// ---- what undoes them: floating types, computed in f64 and rounded once. Throw Error when a matrix is singular -----------------------

/// X of a X = b: a [.., n, n], b [.., n, k].
Tensor solve(const Operand& a, const Operand& b);
Tensor inverse(const Operand& x);

enum class Triangle { kLower, kUpper };
enum class Transposed { kNo, kYes };
enum class UnitDiagonal { kNo, kYes };  ///< kYes: taken as 1, whatever it holds
/// The same of the lower or upper triangle of a, or of its transpose; the other triangle is not looked at.
Tensor triangular_solve(const Operand& a, const Operand& b, Triangle triangle, Transposed transposed = Transposed::kNo,
                        UnitDiagonal diagonal = UnitDiagonal::kNo);

/// The lower triangular L of L L^T = (x + x^T) / 2, x [.., n, n]. Throws Error unless that is positive definite.
Tensor cholesky(const Operand& x);

struct LogDeterminant {
  Tensor sign;      ///< 1, -1, or 0 of a singular matrix
  Tensor absolute;  ///< log |determinant|
};
LogDeterminant log_determinant(const Operand& x);  ///< of [.., n, n]: two of [..]
Tensor determinant(const Operand& x);

}  // namespace argent::tensor
