// OpInfo's entries that networks are made and trained with: activations, norms, losses.

#include <limits>
#include <numbers>

#include "models/tensor/ops/activation.h"
#include "models/tensor/ops/loss.h"
#include "models/tensor/ops/normalization.h"
#include "tests/models/opinfo/entries.h"

namespace argent::tensor::opinfo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor row(const Tensor& x) { return x.rank() == 0 ? x.view({1}) : x; }

Tensor floating(A& a) {
  if (!is_floating(a.tensor().dtype())) throw Unsupported("a network's function of integers");
  return a.tensor();
}

Entry activation(std::string_view name, Tensor (*f)(const Operand&)) {
  return {name, [f](A& a) { return f(floating(a)); }, Made::kComposite};
}
template <class F>
Entry composite(std::string_view name, F f) {
  return {name, f, Made::kComposite};
}

Tensor soft(A& a, Tensor (*f)(const Operand&, int), double sign = 1) {
  Tensor x = a.tensor().to(a.dtype(-1, "dtype", a.tensor().dtype()));
  const auto axis = static_cast<int>(a.integer(1, "dim", -1));
  if (a.has(-1, "mask")) x = where(a.tensor(-1, "mask"), x, full({}, sign * -kInfinity, x.dtype()));
  return f(sign < 0 ? -x : x, axis);
}

Reduction reduction_of(A& a) {
  a.has(-1, "size_average");
  a.has(-1, "reduce");
  const std::string name = a.text(-1, "reduction", "mean");
  if (name == "batchmean") throw Unsupported("a mean over the batch alone");
  return name == "none" ? Reduction::kNone : name == "sum" ? Reduction::kSum : Reduction::kMean;
}
Tensor reduced(A& a, const Tensor& losses) {
  const Reduction reduction = reduction_of(a);
  return reduction == Reduction::kNone ? losses : reduction == Reduction::kSum ? sum(losses) : mean(losses);
}

ClassOptions classes(A& a) {
  return {.weight = a.tensor_or_none(2, "weight"), .ignore_index = a.integer(-1, "ignore_index", -100), .reduction = reduction_of(a)};
}

Tensor batch_norm_entry(A& a) {
  if (a.tensor().rank() < 2) throw Unsupported("a batch of nothing");
  // Torch writes its running statistics; copies of ours.
  const RunningStatistics running{a.tensor(1).detach().clone(), a.tensor(2).detach().clone(), a.number(-1, "momentum", 0.1)};
  const NormMode mode = a.flag(-1, "training", false) ? NormMode::kTraining : NormMode::kInference;
  return batch_norm(floating(a), running, a.tensor_or_none(3, "weight"), a.tensor_or_none(4, "bias"), mode, a.number(-1, "eps", 1e-5));
}

Tensor instance_norm_entry(A& a) {
  for (const char* written : {"running_mean", "running_var", "momentum"}) a.has(-1, written);
  if (!a.flag(-1, "use_input_stats", true)) throw Unsupported("an instance norm by running statistics");
  return instance_norm(floating(a), a.tensor_or_none(-1, "weight"), a.tensor_or_none(-1, "bias"), a.number(-1, "eps", 1e-5));
}

/// x / (k + alpha * mean of squares over `size` channels around)^beta.
Tensor local_norm(A& a) {
  const Tensor x = floating(a);
  const std::int64_t size = a.integer(1, "size");
  Dims before = Dims::filled(x.rank(), 0), after = before;
  before[1] = size / 2;
  after[1] = (size - 1) / 2;
  const Tensor padded = pad(square(x), before, after);
  Tensor squares = zeros(x.shape(), x.dtype());
  for (std::int64_t i = 0; i < size; i++) squares = squares + padded.slice(1, i, i + x.size(1));
  return x / pow(squares * (a.number(2, "alpha", 1e-4) / static_cast<double>(size)) + a.number(4, "k", 1), a.number(3, "beta", 0.75));
}

Tensor distance(const Tensor& x, const Tensor& y, double p, double epsilon, Keep keep = Keep::kNo) {
  return norm(x - y + epsilon, p, {-1}, keep);
}

Tensor triplet(A& a) {
  const Tensor anchor = floating(a), positive = a.tensor(1), negative = a.tensor(2);
  const double margin = a.number(-1, "margin", 1), p = a.number(-1, "p", 2), epsilon = a.number(-1, "eps", 1e-6);
  const Tensor near = distance(anchor, positive, p, epsilon);
  Tensor far = distance(anchor, negative, p, epsilon);
  if (a.flag(-1, "swap", false)) far = minimum(far, distance(positive, negative, p, epsilon));
  return reduced(a, maximum(near - far + margin, 0));
}

Tensor gaussian(A& a) {
  const Tensor x = floating(a), target = a.tensor(1);
  Tensor variance = a.tensor(2);
  if (!(variance.shape() == x.shape()) && variance.rank() + 1 == x.rank()) variance = variance.unsqueeze(-1);
  const double epsilon = a.number(-1, "eps", 1e-6);
  const Tensor bounded = variance + (maximum(variance, epsilon) - variance).detach();
  Tensor loss = 0.5 * (log(bounded) + square(x - target) / bounded);
  if (a.flag(-1, "full", false)) loss = loss + 0.5 * std::log(2 * std::numbers::pi);
  return reduced(a, loss);
}

Tensor poisson(A& a) {
  const Tensor x = floating(a), target = a.tensor(1);
  Tensor loss = a.flag(-1, "log_input", true) ? exp(x) - target * x : x - target * log(x + a.number(-1, "eps", 1e-8));
  if (a.flag(-1, "full", false)) {
    const Tensor many = target > 1, safe = where(many, target, 1);
    const Tensor stirling = safe * log(safe) - safe + 0.5 * log(2 * std::numbers::pi * safe);
    loss = loss + where(many, stirling, 0);
  }
  a.number(-1, "eps", 0);
  return reduced(a, loss);
}

Tensor cosine_embedding(A& a) {
  const Tensor x = floating(a), y = a.tensor(1), target = a.tensor(2);
  const Tensor squares = sum(x * x, {-1}) + 1e-12, others = sum(y * y, {-1}) + 1e-12;
  const Tensor likeness = sum(x * y, {-1}) / sqrt(squares * others);
  const Tensor apart = maximum(likeness - a.number(-1, "margin", 0), 0);
  const Tensor zero = full({}, 0, x.dtype());
  return reduced(a, where(equal(target, 1), 1 - likeness, zero) + where(equal(target, -1), apart, zero));
}

Tensor pairs_distances(A& a) {
  const Tensor x = floating(a);
  const double p = a.number(1, "p", 2);
  const std::int64_t count = x.size(0);
  std::vector<Tensor> found;
  for (std::int64_t i = 0; i + 1 < count; i++) found.push_back(norm(x.slice(0, i, i + 1) - x.slice(0, i + 1, count), p, {-1}));
  return found.empty() ? sum(x, {1}).slice(0, 0, 0) : concat(found, 0);
}

Tensor masked_normalize(A& a) {
  const Tensor x = a.tensor();
  const double p = a.number(1, "ord", 2);
  const auto axis = static_cast<int>(a.integer(2, "dim", -1));
  if (a.has(-1, "mask")) throw Unsupported("a masked normalization");
  return normalize(x, p, axis, a.number(-1, "eps", 1e-12));
}

std::vector<Entry> activations() {
  return {
      composite("softmax", [](A& a) { return soft(a, softmax); }),
      composite("softmax:with_dtype", [](A& a) { return soft(a, softmax); }),
      composite("log_softmax", [](A& a) { return soft(a, log_softmax); }),
      composite("log_softmax:dtype", [](A& a) { return soft(a, log_softmax); }),
      composite("nn.functional.softmin", [](A& a) { return soft(a, softmax, -1); }),
      composite("masked.softmax", [](A& a) { return soft(a, softmax); }),
      composite("masked.log_softmax", [](A& a) { return soft(a, log_softmax); }),
      composite("masked.softmin", [](A& a) { return soft(a, softmax, -1); }),
      unary("nn.functional.relu", relu),
      activation("nn.functional.relu6", relu6),
      composite("nn.functional.leaky_relu", [](A& a) { return leaky_relu(floating(a), a.number(1, "negative_slope", 0.01)); }),
      composite("nn.functional.prelu", [](A& a) { return prelu(floating(a), row(a.tensor(1, "weight"))); }),
      composite("nn.functional.elu", [](A& a) { return elu(floating(a), a.number(1, "alpha", 1)); }),
      composite("nn.functional.celu", [](A& a) { return celu(floating(a), a.number(1, "alpha", 1)); }),
      activation("nn.functional.selu", selu),
      activation("nn.functional.silu", silu),
      activation("nn.functional.mish", mish),
      activation("nn.functional.hardswish", hardswish),
      activation("nn.functional.softsign", softsign),
      activation("nn.functional.logsigmoid", log_sigmoid),
      activation("nn.functional.tanhshrink", tanhshrink),
      composite("nn.functional.gelu",
                [](A& a) { return gelu(floating(a), a.text(-1, "approximate", "none") == "tanh" ? Gelu::kTanh : Gelu::kExact); }),
      composite("nn.functional.hardtanh",
                [](A& a) {
                  const double low = a.number(1, "min_val", -1), high = a.number(2, "max_val", 1);
                  if (low > high) throw Unsupported("a range from above to below");
                  return hardtanh(floating(a), low, high);
                }),
      composite("nn.functional.hardshrink", [](A& a) { return hardshrink(floating(a), a.number(1, "lambd", 0.5)); }),
      composite("nn.functional.softshrink", [](A& a) { return softshrink(floating(a), a.number(1, "lambd", 0.5)); }),
      composite("nn.functional.softplus", [](A& a) { return softplus(floating(a), a.number(1, "beta", 1), a.number(2, "threshold", 20)); }),
      composite("nn.functional.threshold",
                [](A& a) { return threshold(floating(a), a.number(1, "threshold", 0), a.number(2, "value", 0)); }),
      composite("nn.functional.glu", [](A& a) { return glu(floating(a), static_cast<int>(a.integer(1, "dim", -1))); }),
  };
}

std::vector<Entry> norms() {
  return {
      composite("nn.functional.normalize",
                [](A& a) {
                  const Tensor x = row(floating(a));
                  const auto axis = a.tensor().rank() == 0 ? (a.has(2, "dim"), 0) : static_cast<int>(a.integer(2, "dim", 1));
                  return normalize(x, a.number(1, "p", 2), axis, a.number(3, "eps", 1e-12)).reshape(a.tensor().shape());
                }),
      composite("masked.normalize", masked_normalize),
      composite("nn.functional.layer_norm",
                [](A& a) {
                  return layer_norm(floating(a), a.dims(1), a.tensor_or_none(2, "weight"), a.tensor_or_none(3, "bias"),
                                    a.number(4, "eps", 1e-5));
                }),
      composite("nn.functional.group_norm",
                [](A& a) {
                  return group_norm(floating(a), a.integer(1), a.tensor_or_none(2, "weight"), a.tensor_or_none(3, "bias"),
                                    a.number(4, "eps", 1e-5));
                }),
      composite("nn.functional.instance_norm", instance_norm_entry),
      composite("nn.functional.batch_norm", batch_norm_entry),
      {"nn.functional.local_response_norm", local_norm, Made::kHere},
  };
}

std::vector<Entry> losses() {
  return {
      composite("nn.functional.mse_loss", [](A& a) { return mse_loss(floating(a), a.tensor(1), reduction_of(a)); }),
      composite("nn.functional.l1_loss", [](A& a) { return l1_loss(floating(a), a.tensor(1), reduction_of(a)); }),
      composite("nn.functional.smooth_l1_loss",
                [](A& a) { return smooth_l1_loss(floating(a), a.tensor(1), a.number(-1, "beta", 1), reduction_of(a)); }),
      composite("nn.functional.huber_loss",
                [](A& a) { return huber_loss(floating(a), a.tensor(1), a.number(-1, "delta", 1), reduction_of(a)); }),
      composite("nn.functional.nll_loss", [](A& a) { return nll_loss(floating(a), a.tensor(1), classes(a)); }),
      composite("nn.functional.cross_entropy",
                [](A& a) { return cross_entropy(floating(a), a.tensor(1), classes(a), a.number(-1, "label_smoothing", 0)); }),
      composite("nn.functional.binary_cross_entropy",
                [](A& a) { return binary_cross_entropy(floating(a), a.tensor(1), a.tensor_or_none(2, "weight"), reduction_of(a)); }),
      composite("nn.functional.binary_cross_entropy_with_logits",
                [](A& a) {
                  return binary_cross_entropy_with_logits(floating(a), a.tensor(1), a.tensor_or_none(2, "weight"),
                                                          a.tensor_or_none(-1, "pos_weight"), reduction_of(a));
                }),
      composite("nn.functional.kl_div",
                [](A& a) {
                  const bool logarithms = a.flag(-1, "log_target", false);
                  return kl_divergence(floating(a), a.tensor(1), logarithms ? Probabilities::kLogarithms : Probabilities::kPlain,
                                       reduction_of(a));
                }),
      composite("nn.functional.cosine_similarity",
                [](A& a) {
                  const auto axis = static_cast<int>(a.integer(2, "dim", 1));
                  if (a.tensor().rank() == 0) throw Unsupported("an axis of a number");
                  const Dims shape = broadcast(a.tensor().shape(), a.tensor(1).shape());
                  return cosine_similarity(floating(a).expand(shape), a.tensor(1).expand(shape), axis, a.number(3, "eps", 1e-8));
                }),
      {"nn.functional.cosine_embedding_loss", cosine_embedding, Made::kHere},
      {"nn.functional.margin_ranking_loss",
       [](A& a) { return reduced(a, maximum(-a.tensor(2) * (floating(a) - a.tensor(1)) + a.number(-1, "margin", 0), 0)); }, Made::kHere},
      {"nn.functional.hinge_embedding_loss",
       [](A& a) {
         const Tensor x = floating(a), y = a.tensor(1), zero = full({}, 0, x.dtype());
         const Tensor apart = where(equal(y, 1), zero, maximum(a.number(-1, "margin", 1) - x, 0));
         return reduced(a, apart + where(equal(y, -1), zero, x));
       },
       Made::kHere},
      {"nn.functional.gaussian_nll_loss", gaussian, Made::kHere},
      {"nn.functional.poisson_nll_loss", poisson, Made::kHere},
      {"nn.functional.triplet_margin_loss", triplet, Made::kHere},
      {"nn.functional.pairwise_distance",
       [](A& a) {
         const Keep keep = a.flag(-1, "keepdim", false) ? Keep::kYes : Keep::kNo;
         return distance(floating(a), a.tensor(1), a.number(2, "p", 2), a.number(3, "eps", 1e-6), keep);
       },
       Made::kHere},
      {"nn.functional.pdist", pairs_distances, Made::kHere},
  };
}

}  // namespace

std::vector<Entry> network_entries() {
  std::vector<Entry> entries = activations();
  for (std::vector<Entry> more : {norms(), losses()}) entries.insert(entries.end(), more.begin(), more.end());
  return entries;
}

}  // namespace argent::tensor::opinfo
