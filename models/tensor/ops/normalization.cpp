#include "models/tensor/ops/normalization.h"

#include <algorithm>

#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/wide.h"

namespace argent::tensor {
namespace {

/// [C] along axis 1 of a tensor of that rank.
Tensor by_channel(const Tensor& values, int rank) {
  Dims shape = Dims::filled(rank, 1);
  shape[1] = values.count();
  return values.reshape(shape);
}

/// `axes`, and all from `first` on.
Dims axes_from(int first, int rank, Dims axes = {}) {
  for (int i = first; i < rank; i++) axes.push_back(i);
  return axes;
}

void check_channels(const char* name, const Tensor& x, std::initializer_list<Tensor> each) {
  if (x.rank() < 2) throw OpError(name, ": a tensor of shape ", x.shape(), ", expected [N, C, ..]");
  for (const Tensor& values : each) {
    if (values.defined() && !(values.shape() == Dims{x.size(1)}))
      throw OpError(name, ": a tensor of shape ", values.shape(), " for ", x.size(1), " channels");
  }
}

struct Moments {
  Tensor mean, centered, variance;
};

Moments moments(const Tensor& x, const Dims& axes) {
  const Tensor average = mean(x, axes, Keep::kYes), centered = x - average;
  return {average, centered, mean(square(centered), axes, Keep::kYes)};
}

/// 1 / sqrt(variance + epsilon), rounded once: it is a factor of everything.
Tensor inverse_deviation(const Tensor& variance, double epsilon) { return rsqrt(variance.to(DType::kF64) + epsilon).to(variance.dtype()); }

/// Of few numbers the gradient is the little that is left of large parts that cancel: they are computed in f64.
Tensor precise(const Tensor& x, const Dims& axes) {
  constexpr std::int64_t kFew = 64;
  std::int64_t count = 1;
  for (std::int64_t axis : axes) count *= x.size(static_cast<int>(axis));
  return x.dtype() == DType::kF32 && count <= kFew ? x.to(DType::kF64) : x;
}

Tensor standardized(const Tensor& x, const Dims& axes, double epsilon) {
  const Moments m = moments(precise(x, axes), axes);
  return (m.centered * inverse_deviation(m.variance, epsilon)).to(x.dtype());
}

/// x times weight plus bias, of which either may be undefined.
Tensor scaled(Tensor x, const Tensor& weight, const Tensor& bias) {
  if (weight.defined()) x = x * weight;
  return bias.defined() ? x + bias : x;
}

Tensor scaled_by_channel(const WideScope& scope, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const auto spread = [&](const Tensor& values) { return values.defined() ? by_channel(scope.widen(values), x.rank()) : Tensor(); };
  return scope.narrow(scaled(x, spread(weight), spread(bias)));
}

void update(Tensor running, const Tensor& now, double momentum) {
  if (!running.defined()) return;
  const NoGrad off;
  running.assign(running * (1 - momentum) + now.detach().reshape(running.shape()).to(running.dtype()) * momentum);
}

}  // namespace

Tensor batch_norm(const Operand& operand, const RunningStatistics& running, const Tensor& weight, const Tensor& bias, NormMode mode,
                  double epsilon) {
  const WideScope scope(operand);
  const Tensor x = scope.widen(operand);
  check_channels("batch_norm", x, {running.mean, running.variance, weight, bias});
  if (mode == NormMode::kInference && running.mean.defined() && running.variance.defined()) {
    const Tensor centered = x - by_channel(scope.widen(running.mean), x.rank());
    return scaled_by_channel(scope, centered * inverse_deviation(by_channel(scope.widen(running.variance), x.rank()), epsilon), weight,
                             bias);
  }
  const Dims axes = axes_from(2, x.rank(), {0});
  const Moments m = moments(precise(x, axes), axes);
  if (mode == NormMode::kTraining && (running.mean.defined() || running.variance.defined())) {
    const double n = static_cast<double>(x.count()) / static_cast<double>(x.size(1));
    if (n < 2) throw OpError("batch_norm: one value a channel in ", x.shape(), ", expected more in training");
    update(running.mean, m.mean, running.momentum);
    update(running.variance, m.variance * (n / (n - 1)), running.momentum);
  }
  return scaled_by_channel(scope, (m.centered * inverse_deviation(m.variance, epsilon)).to(x.dtype()), weight, bias);
}

Tensor layer_norm(const Operand& operand, const Dims& shape, const Tensor& weight, const Tensor& bias, double epsilon) {
  const WideScope scope(operand);
  const Tensor x = scope.widen(operand);
  const int first = x.rank() - shape.size();
  if (shape.empty() || first < 0 || !std::equal(shape.begin(), shape.end(), x.shape().begin() + first))
    throw OpError("layer_norm: a tensor of shape ", x.shape(), ", expected one that ends in ", shape);
  const auto widened = [&](const Tensor& values) { return values.defined() ? scope.widen(values) : values; };
  return scope.narrow(scaled(standardized(x, axes_from(first, x.rank()), epsilon), widened(weight), widened(bias)));
}

Tensor instance_norm(const Operand& operand, const Tensor& weight, const Tensor& bias, double epsilon) {
  const WideScope scope(operand);
  const Tensor x = scope.widen(operand);
  check_channels("instance_norm", x, {weight, bias});
  if (x.rank() < 3) throw OpError("instance_norm: a tensor of shape ", x.shape(), ", expected [N, C, ..] and more axes");
  return scaled_by_channel(scope, standardized(x, axes_from(2, x.rank()), epsilon), weight, bias);
}

Tensor group_norm(const Operand& operand, std::int64_t groups, const Tensor& weight, const Tensor& bias, double epsilon) {
  const WideScope scope(operand);
  const Tensor x = scope.widen(operand);
  check_channels("group_norm", x, {weight, bias});
  if (groups < 1 || x.size(1) % groups != 0) throw OpError("group_norm: ", x.size(1), " channels in ", groups, " groups");
  Dims grouped{x.size(0), groups, x.size(1) / groups};
  for (int i = 2; i < x.rank(); i++) grouped.push_back(x.size(i));
  const Tensor normal = standardized(x.reshape(grouped), axes_from(2, grouped.size()), epsilon);
  return scaled_by_channel(scope, normal.reshape(x.shape()), weight, bias);
}

Tensor normalize(const Operand& operand, double p, int axis, double epsilon) {
  const WideScope scope(operand);
  const Tensor x = scope.widen(operand);
  return scope.narrow(x / maximum(norm(x, p, {axis}, Keep::kYes), epsilon));
}

}  // namespace argent::tensor
