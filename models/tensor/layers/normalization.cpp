#include "models/tensor/layers/normalization.h"

#include "models/tensor/autograd.h"
#include "models/tensor/layers/initialize.h"
#include "models/tensor/ops.h"

namespace argent::tensor {
namespace {

struct Statistics {
  Tensor mean, variance;  ///< reduced axes have size 1
};

Dims all_but(int kept, int rank) {
  Dims axes;
  for (int i = 0; i < rank; i++) {
    if (i != kept) axes.push_back(i);
  }
  return axes;
}

/// [channels] beside a tensor of this rank, along axis 1.
Tensor along_channels(const Tensor& x, int rank) {
  Dims shape = Dims::filled(rank, 1);
  shape[1] = x.count();
  return x.view(shape);
}

/// In two passes: a variance from sums of squares would lose what it is about.
Statistics statistics(const Tensor& x, const Dims& axes) {
  double count = 1;
  for (std::int64_t axis : axes) count *= static_cast<double>(x.size(static_cast<int>(axis)));
  const Tensor mean = sum(x, axes, Keep::kYes) / count;
  return {mean, sum(square(x - mean), axes, Keep::kYes) / count};
}

/// `scale` and `offset` broadcast, or are undefined.
Tensor normalized(const Tensor& x, const Statistics& s, double epsilon, const Tensor& scale, const Tensor& offset) {
  Tensor factor = rsqrt(s.variance + epsilon);
  if (scale.defined()) factor = factor * scale;
  const Tensor y = (x - s.mean) * factor;
  return offset.defined() ? y + offset : y;
}

DType computed_type(DType type) { return size_of(type) < 4 ? DType::kF32 : type; }

}  // namespace

BatchNorm::BatchNorm(std::int64_t channels, const Options& options)
    : running_mean(zeros({channels})), running_var(ones({channels})), num_batches_tracked(zeros({}, DType::kI64)), options_(options) {
  if (options.affine == Affine::kNo) return;
  weight = learnable(ones({channels}));
  bias = learnable(zeros({channels}));
}

Tensor BatchNorm::forward(const Tensor& given) {
  if (given.rank() < 2 || given.size(1) != running_mean.count()) {
    throw Error("batch norm: a tensor of shape " + to_text(given.shape()) + ", expected N x " + std::to_string(running_mean.count()) +
                " x ..");
  }
  const Tensor x = given.to(computed_type(given.dtype()));
  const auto beside = [&](const Tensor& t) { return t.defined() ? along_channels(t.to(x.dtype()), x.rank()) : Tensor(); };
  Statistics s;
  if (mode == Mode::kTraining) {
    s = statistics(x, all_but(1, x.rank()));
    const double count = static_cast<double>(x.count()) / static_cast<double>(x.size(1));
    if (count <= 1) throw Error("batch norm: a batch of shape " + to_text(x.shape()) + " has no variance");
    const NoGrad off;
    const auto remember = [&](Tensor& running, const Tensor& now) {
      running.assign(running * (1 - options_.momentum) + now.view(running.shape()) * options_.momentum);
    };
    remember(running_mean, s.mean);
    remember(running_var, s.variance * (count / (count - 1)));
    num_batches_tracked += 1;
  } else {
    s = {beside(running_mean), beside(running_var)};
  }
  return normalized(x, s, options_.epsilon, beside(weight), beside(bias)).to(given.dtype());
}

void BatchNorm::describe(Members& members) {
  members.parameter("weight", weight);
  members.parameter("bias", bias);
  members.buffer("running_mean", running_mean);
  members.buffer("running_var", running_var);
  members.buffer("num_batches_tracked", num_batches_tracked);
}

LayerNorm::LayerNorm(const Dims& shape, double epsilon, Affine affine) : shape_(shape), epsilon_(epsilon) {
  if (shape.empty()) throw Error("layer norm: over no axes");
  if (affine == Affine::kNo) return;
  weight = learnable(ones(shape));
  bias = learnable(zeros(shape));
}

Tensor LayerNorm::forward(const Tensor& given) {
  Dims axes;
  const int first = given.rank() - shape_.size();
  for (int i = 0; i < shape_.size(); i++) {
    if (first < 0 || given.size(first + i) != shape_[i])
      throw Error("layer norm: a tensor of shape " + to_text(given.shape()) + ", expected .. x " + to_text(shape_));
    axes.push_back(first + i);
  }
  const Tensor x = given.to(computed_type(given.dtype()));
  return normalized(x, statistics(x, axes), epsilon_, weight, bias).to(given.dtype());
}

void LayerNorm::describe(Members& members) {
  members.parameter("weight", weight);
  members.parameter("bias", bias);
}

GroupNorm::GroupNorm(std::int64_t groups, std::int64_t channels, double epsilon, Affine affine)
    : groups_(groups), channels_(channels), epsilon_(epsilon) {
  if (groups < 1 || channels % groups != 0)
    throw Error("group norm: " + std::to_string(channels) + " channels in " + std::to_string(groups) + " groups");
  if (affine == Affine::kNo) return;
  weight = learnable(ones({channels}));
  bias = learnable(zeros({channels}));
}

Tensor GroupNorm::forward(const Tensor& given) {
  if (given.rank() < 2 || given.size(1) != channels_) {
    throw Error("group norm: a tensor of shape " + to_text(given.shape()) + ", expected N x " + std::to_string(channels_) + " x ..");
  }
  const Tensor x = given.to(computed_type(given.dtype()));
  const Tensor grouped = x.reshape({x.size(0), groups_, -1});
  Tensor y = normalized(grouped, statistics(grouped, {2}), epsilon_, {}, {}).view(x.shape());
  if (weight.defined()) y = y * along_channels(weight, x.rank()) + along_channels(bias, x.rank());
  return y.to(given.dtype());
}

void GroupNorm::describe(Members& members) {
  members.parameter("weight", weight);
  members.parameter("bias", bias);
}

Tensor InstanceNorm2d::forward(const Tensor& x) {
  if (x.rank() != 4) throw Error("instance norm: a tensor of shape " + to_text(x.shape()) + ", expected N x channels x rows x columns");
  return norm_.forward(x);
}

}  // namespace argent::tensor
