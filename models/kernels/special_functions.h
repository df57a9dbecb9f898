// models/kernels/special_functions.h - private: functions of one number that C++ lacks, computed in f64.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

double inverse_erf(double y);
double log_bessel_i0(double x);  ///< log I0(x), I0 the modified Bessel function of order 0
double bessel_ratio(double x);   ///< I1(x) / I0(x)

/// out = derivative n of digamma at x, floating.
void polygamma(const Array& out, const Array& x, int n);

}  // namespace argent::kernels
