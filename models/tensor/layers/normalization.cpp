#include "models/tensor/layers/normalization.h"

#include "models/tensor/layers/initialize.h"
#include "models/tensor/ops.h"

namespace argent::tensor {

AffineLayer::AffineLayer(const Dims& shape, Affine affine) {
  if (affine == Affine::kNo) return;
  weight = learnable(ones(shape));
  bias = learnable(zeros(shape));
}

BatchNorm::BatchNorm(std::int64_t channels, const Options& options)
    : AffineLayer({channels}, options.affine),
      running_mean(zeros({channels})),
      running_var(ones({channels})),
      num_batches_tracked(zeros({}, DType::kI64)),
      options_(options) {}

Tensor BatchNorm::forward(const Tensor& x) {
  const RunningStatistics running{running_mean, running_var, options_.momentum};
  if (mode == Mode::kEvaluation) return batch_norm(x, running, weight, bias, NormMode::kInference, options_.epsilon);
  const Tensor y = batch_norm(x, running, weight, bias, NormMode::kTraining, options_.epsilon);
  num_batches_tracked += 1;
  return y;
}

void BatchNorm::describe(Members& members) {
  AffineLayer::describe(members);
  members.buffer("running_mean", running_mean);
  members.buffer("running_var", running_var);
  members.buffer("num_batches_tracked", num_batches_tracked);
}

LayerNorm::LayerNorm(const Dims& shape, double epsilon, Affine affine) : AffineLayer(shape, affine), shape_(shape), epsilon_(epsilon) {}

Tensor LayerNorm::forward(const Tensor& x) { return layer_norm(x, shape_, weight, bias, epsilon_); }

GroupNorm::GroupNorm(std::int64_t groups, std::int64_t channels, double epsilon, Affine affine)
    : AffineLayer({channels}, affine), groups_(groups), epsilon_(epsilon) {
  if (groups < 1 || channels % groups != 0) throw Error("group norm: ", channels, " channels in ", groups, " groups");
}

Tensor GroupNorm::forward(const Tensor& x) { return group_norm(x, groups_, weight, bias, epsilon_); }

}  // namespace argent::tensor
