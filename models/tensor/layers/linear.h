// models/tensor/layers/linear.h - layers that multiply by learned weights. Their numbers start as PyTorch's do (initialize.h).
#pragma once

#include "models/tensor/layers/module.h"
#include "models/tensor/ops/convolution.h"
#include "models/tensor/ops/random.h"

namespace argent::tensor {

enum class Bias { kNo, kYes };

/// x [.., inputs] -> [.., outputs]
class Linear final : public Layer {
 public:
  Linear(std::int64_t inputs, std::int64_t outputs, Generator& random, Bias bias = Bias::kYes);
  Tensor forward(const Tensor& x) override;
  void describe(Members& members) override;

  Tensor weight, bias;  ///< [outputs, inputs], [outputs] or undefined
};

/// x [N, inputs, spatial] -> [N, outputs, spatial], on kAxes spatial axes. `kernel`: one number for each, or one for all.
template <int kAxes>
class Conv final : public Layer {
 public:
  Conv(std::int64_t inputs, std::int64_t outputs, const Dims& kernel, Generator& random, const ConvOptions& options = {},
       Bias bias = Bias::kYes);
  Tensor forward(const Tensor& x) override;
  void describe(Members& members) override;

  Tensor weight, bias;  ///< [outputs, inputs / groups, kernel], [outputs] or undefined
  ConvOptions options;
};
using Conv1d = Conv<1>;
using Conv2d = Conv<2>;
using Conv3d = Conv<3>;

/// The adjoint: x [N, inputs, spatial] -> [N, outputs, larger].
class ConvTranspose2d final : public Layer {
 public:
  ConvTranspose2d(std::int64_t inputs, std::int64_t outputs, const Dims& kernel, Generator& random, const ConvOptions& options = {},
                  const Dims& output_padding = {0}, Bias bias = Bias::kYes);
  Tensor forward(const Tensor& x) override;
  void describe(Members& members) override;

  Tensor weight, bias;  ///< [inputs, outputs / groups, kernel], [outputs] or undefined
  ConvOptions options;
  Dims output_padding;
};

/// Whole numbers [..] below `count` -> [.., width]: rows of a table.
class Embedding final : public Layer {
 public:
  Embedding(std::int64_t count, std::int64_t width, Generator& random);
  Tensor forward(const Tensor& index) override;
  void describe(Members& members) override;

  Tensor weight;  ///< [count, width]
};

/// In training, elements are 0 with the probability, 0 <= p < 1, and the others divided by 1 - p.
class Dropout final : public Layer {
 public:
  /// Draws from `random`, with which it shares the state.
  explicit Dropout(double probability, const Generator& random) : probability_(probability), random_(random) {}
  Tensor forward(const Tensor& x) override;

 private:
  double probability_;
  Generator random_;
};

}  // namespace argent::tensor
