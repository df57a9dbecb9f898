// models/tensor/layers/linear.h - layers that multiply by learned weights. Their numbers start as PyTorch's do (initialize.h).
#pragma once

#include "models/tensor/layers/module.h"
#include "models/tensor/ops/convolution.h"
#include "models/tensor/ops/random.h"

namespace argent::tensor {

enum class Bias { kNo, kYes };

/// x [.., inputs] -> [.., outputs]; the weight is [outputs, inputs], the bias [outputs].
class Linear final : public WeightedLayer {
 public:
  Linear(std::int64_t inputs, std::int64_t outputs, Generator& random, Bias bias = Bias::kYes);
  Tensor forward(const Tensor& x) override;
};

/// x [N, inputs, spatial] -> [N, outputs, spatial], on kAxes spatial axes. `kernel`: one number for each, or one for all. The weight is
/// [outputs, inputs / groups, kernel], the bias [outputs].
template <int kAxes>
class Conv final : public WeightedLayer {
 public:
  Conv(std::int64_t inputs, std::int64_t outputs, const Dims& kernel, Generator& random, const ConvOptions& options = {},
       Bias bias = Bias::kYes);
  Tensor forward(const Tensor& x) override;

  ConvOptions options;
};
using Conv1d = Conv<1>;
using Conv2d = Conv<2>;
using Conv3d = Conv<3>;

/// The adjoint: x [N, inputs, spatial] -> [N, outputs, larger]. The weight is [inputs, outputs / groups, kernel], the bias [outputs].
class ConvTranspose2d final : public WeightedLayer {
 public:
  ConvTranspose2d(std::int64_t inputs, std::int64_t outputs, const Dims& kernel, Generator& random, const ConvOptions& options = {},
                  const Dims& output_padding = {0}, Bias bias = Bias::kYes);
  Tensor forward(const Tensor& x) override;

  ConvOptions options;
  Dims output_padding;
};

/// Whole numbers [..] below `count` -> [.., width]: rows of a table.
class Embedding final : public Layer {
 public:
  Embedding(std::int64_t count, std::int64_t width, Generator& random);
  Tensor forward(const Tensor& index) override;
  void describe(Members& members) override { members.parameter("weight", weight); }

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
