// models/tensor/ops/pointwise.h - operations element by element, with broadcasting (NumPy) and promotion (PyTorch).
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

Tensor operator+(const Operand& a, const Operand& b);
Tensor operator-(const Operand& a, const Operand& b);
Tensor operator*(const Operand& a, const Operand& b);
Tensor operator/(const Operand& a, const Operand& b);  ///< of integers, too, a floating result
Tensor operator-(const Operand& x);

Tensor operator<(const Operand& a, const Operand& b);  ///< this and the following: bool
Tensor operator<=(const Operand& a, const Operand& b);
Tensor operator>(const Operand& a, const Operand& b);
Tensor operator>=(const Operand& a, const Operand& b);
Tensor equal(const Operand& a, const Operand& b);
Tensor not_equal(const Operand& a, const Operand& b);
Tensor logical_and(const Operand& a, const Operand& b);
Tensor logical_or(const Operand& a, const Operand& b);
Tensor logical_xor(const Operand& a, const Operand& b);
Tensor logical_not(const Operand& x);
Tensor is_nan(const Operand& x);

Tensor bitwise_and(const Operand& a, const Operand& b);  ///< this and the following: integers, and bools without the shifts
Tensor bitwise_or(const Operand& a, const Operand& b);
Tensor bitwise_xor(const Operand& a, const Operand& b);
Tensor bitwise_not(const Operand& x);
Tensor shift_left(const Operand& a, const Operand& b);
Tensor shift_right(const Operand& a, const Operand& b);

Tensor maximum(const Operand& a, const Operand& b);  ///< NaN wins; where equal, each gets half the gradient
Tensor minimum(const Operand& a, const Operand& b);
Tensor pow(const Operand& a, const Operand& b);
Tensor atan2(const Operand& y, const Operand& x);
Tensor floor_divide(const Operand& a, const Operand& b);  ///< floor(a / b)
Tensor remainder(const Operand& a, const Operand& b);     ///< has the sign of b
Tensor fmod(const Operand& a, const Operand& b);          ///< has the sign of a
/// a where `condition` (bool), else b.
Tensor where(const Operand& condition, const Operand& a, const Operand& b);
Tensor clamp(const Operand& x, const Operand& low, const Operand& high);  ///< a gradient passes at the bounds, too

Tensor abs(const Operand& x);
Tensor sign(const Operand& x);  ///< 0 at 0
Tensor square(const Operand& x);
Tensor relu(const Operand& x);  ///< gradient 0 at 0

Tensor floor(const Operand& x);
Tensor ceil(const Operand& x);
Tensor round(const Operand& x);  ///< ties to even
Tensor trunc(const Operand& x);

Tensor reciprocal(const Operand& x);  ///< this and the following: a floating result
Tensor sqrt(const Operand& x);
Tensor rsqrt(const Operand& x);
Tensor exp(const Operand& x);
Tensor expm1(const Operand& x);
Tensor log(const Operand& x);
Tensor log1p(const Operand& x);
Tensor sin(const Operand& x);
Tensor cos(const Operand& x);
Tensor tan(const Operand& x);
Tensor asin(const Operand& x);
Tensor acos(const Operand& x);
Tensor atan(const Operand& x);
Tensor sinh(const Operand& x);
Tensor cosh(const Operand& x);
Tensor tanh(const Operand& x);
Tensor asinh(const Operand& x);
Tensor acosh(const Operand& x);
Tensor atanh(const Operand& x);
Tensor sigmoid(const Operand& x);
Tensor erf(const Operand& x);
Tensor erfc(const Operand& x);  ///< 1 - erf(x), small where that is
Tensor erfinv(const Operand& x);
Tensor lgamma(const Operand& x);            ///< log |gamma(x)|
Tensor digamma(const Operand& x);           ///< polygamma(0, x)
Tensor polygamma(int n, const Operand& x);  ///< derivative n + 1 of lgamma, n at least 0

/// log I0(x), the modified Bessel function of order 0 (Abramowitz and Stegun 9.6.12, 9.7.1), for any x.
Tensor log_bessel_i0(const Operand& x);
/// I1(x) / I0(x), its derivative: the mean of cos() under a von Mises distribution of concentration x.
Tensor bessel_ratio(const Operand& x);

}  // namespace argent::tensor
