// models/tensor/ops/special.h - functions of elements that are made of others.
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

Tensor addcmul(const Operand& x, const Operand& a, const Operand& b, double value = 1);  ///< x + value a b
Tensor addcdiv(const Operand& x, const Operand& a, const Operand& b, double value = 1);  ///< x + value a / b
Tensor lerp(const Operand& a, const Operand& b, const Operand& weight);                  ///< a at weight 0, b at 1
Tensor hypot(const Operand& a, const Operand& b);                                        ///< the root of a^2 + b^2, without overflow
Tensor logaddexp(const Operand& a, const Operand& b);                                    ///< log(exp(a) + exp(b)), without overflow
Tensor xlogy(const Operand& x, const Operand& y);                                        ///< x log(y), 0 where x is
Tensor heaviside(const Operand& x, const Operand& at_zero);                              ///< 0 below 0, 1 above
Tensor logit(const Operand& x, double epsilon = 0);  ///< log(x / (1 - x)), x between epsilon and 1 - epsilon if that is above 0
Tensor exp2(const Operand& x);
Tensor log2(const Operand& x);
Tensor log10(const Operand& x);

}  // namespace argent::tensor
