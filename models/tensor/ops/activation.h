// models/tensor/ops/activation.h - what networks bend numbers with. Made of operations; short types are computed in f32. Sources: the
// papers named, else common knowledge; relu, sigmoid and tanh are in pointwise.h.
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

/// exp(x) / sum(exp(x)) along an axis, which does not overflow; and its logarithm.
Tensor softmax(const Operand& x, int axis);
Tensor log_softmax(const Operand& x, int axis);

Tensor leaky_relu(const Operand& x, double slope = 0.01);  ///< x, slope * x below 0
/// leaky_relu with a slope for each index of axis 1, or one for all: `slopes` has rank 1.
Tensor prelu(const Operand& x, const Tensor& slopes);
Tensor relu6(const Operand& x);                                             ///< 0 <= x <= 6
Tensor hardtanh(const Operand& x, double low = -1, double high = 1);        ///< low <= x <= high
Tensor elu(const Operand& x, double alpha = 1);                             ///< x, alpha (exp(x) - 1) below 0 (Clevert et al. 2015)
Tensor celu(const Operand& x, double alpha = 1);                            ///< x, alpha (exp(x / alpha) - 1) below 0 (Barron 2017)
Tensor selu(const Operand& x);                                              ///< Klambauer et al. 2017
Tensor silu(const Operand& x);                                              ///< x sigmoid(x)
Tensor mish(const Operand& x);                                              ///< x tanh(softplus(x)) (Misra 2019)
Tensor hardsigmoid(const Operand& x);                                       ///< relu6(x + 3) / 6
Tensor hardswish(const Operand& x);                                         ///< x relu6(x + 3) / 6 (Howard et al. 2019)
Tensor softplus(const Operand& x, double beta = 1, double threshold = 20);  ///< log(1 + exp(beta x)) / beta; x above the threshold
Tensor log_sigmoid(const Operand& x);
Tensor softsign(const Operand& x);                            ///< x / (1 + |x|)
Tensor tanhshrink(const Operand& x);                          ///< x - tanh(x)
Tensor softshrink(const Operand& x, double lambda = 0.5);     ///< lambda nearer to 0, 0 up to there
Tensor hardshrink(const Operand& x, double lambda = 0.5);     ///< 0 up to |x| = lambda
Tensor threshold(const Operand& x, double at, double value);  ///< x above `at`, else `value`

enum class Gelu { kExact, kTanh };
/// x times the normal distribution's probability of being below x; kTanh: its approximation (Hendrycks and Gimpel 2016).
Tensor gelu(const Operand& x, Gelu form = Gelu::kExact);

/// The first half along an axis times the sigmoid of the second (Dauphin et al. 2016).
Tensor glu(const Operand& x, int axis = -1);

}  // namespace argent::tensor
