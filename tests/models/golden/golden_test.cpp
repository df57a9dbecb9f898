// Training and layers against what PyTorch made of the same weights and batches: dump.py wrote it, ARGENT_GOLDEN names the file.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "models/formats/safetensors.h"
#include "models/tensor/autograd.h"
#include "models/tensor/layers/linear.h"
#include "models/tensor/layers/normalization.h"
#include "models/tensor/layers/recurrent.h"
#include "models/tensor/ops.h"
#include "models/tensor/training/adam.h"
#include "models/tensor/training/gradient_clip.h"
#include "models/tensor/training/lbfgs.h"
#include "models/tensor/training/schedule.h"
#include "models/tensor/training/sgd.h"

namespace argent::tensor {
namespace {

const NamedTensors& golden() {
  static const NamedTensors tensors = [] {
    const char* path = std::getenv("ARGENT_GOLDEN");
    if (path == nullptr) throw Error("ARGENT_GOLDEN names no file: python3 tests/models/golden/dump.py FILE writes it");
    return read_safetensors(path).tensors;
  }();
  return tensors;
}

/// Those whose names begin with `prefix`, without it.
NamedTensors under(const std::string& prefix) {
  NamedTensors result;
  for (const auto& [name, tensor] : golden()) {
    if (name.starts_with(prefix)) result.emplace(name.substr(prefix.size()), tensor);
  }
  return result;
}

/// The largest difference, of numbers above 1 as a part of them.
double difference(const Tensor& a, const Tensor& b) {
  EXPECT_EQ(a.shape(), b.shape());
  const std::vector<double> x = a.values(), y = b.values();
  double largest = 0;
  for (std::size_t i = 0; i < x.size(); i++) {
    const double d = std::abs(x[i] - y[i]) / std::max(1.0, std::abs(y[i]));
    largest = std::isnan(d) ? INFINITY : std::max(largest, d);
  }
  return largest;
}

double difference(const NamedTensors& a, const NamedTensors& b) {
  double largest = 0;
  EXPECT_EQ(a.size(), b.size());
  for (const auto& [name, tensor] : b) {
    const auto found = a.find(name);
    EXPECT_NE(found, a.end()) << name;
    if (found != a.end()) largest = std::max(largest, difference(found->second, tensor));
  }
  return largest;
}

// ---- ten steps of training -------------------------------------------------------------------------------------------------------------

Sequential network(const std::string& name) {
  Generator random(0);
  const auto relus = [](const Tensor& x) { return relu(x); };
  if (name == "mlp") {
    return Sequential(
        Linear(4, 16, random), [](const Tensor& x) { return tanh(x); }, Linear(16, 8, random), [](const Tensor& x) { return sigmoid(x); },
        Linear(8, 3, random));
  }
  return Sequential(
      Conv2d(2, 4, {3}, random, {.padding = {1}}, Bias::kNo), BatchNorm2d(4), relus, [](const Tensor& x) { return max_pool(x, {}); },
      Conv2d(4, 6, {3}, random, {.stride = {2}, .padding = {1}}), relus, [](const Tensor& x) { return x.flatten(1); },
      Linear(24, 3, random));
}

std::unique_ptr<Optimizer> optimizer(const std::string& name, const std::vector<Tensor>& p) {
  if (name == "sgd") return std::make_unique<Sgd>(p, SgdOptions{.learning_rate = 0.05});
  if (name == "sgd_decay") return std::make_unique<Sgd>(p, SgdOptions{.learning_rate = 0.05, .weight_decay = 0.01});
  if (name == "momentum") return std::make_unique<Sgd>(p, SgdOptions{.learning_rate = 0.05, .momentum = 0.9, .dampening = 0.1});
  if (name == "nesterov") return std::make_unique<Sgd>(p, SgdOptions{.learning_rate = 0.05, .momentum = 0.9, .nesterov = Nesterov::kYes});
  if (name == "adam") return std::make_unique<Adam>(p, AdamOptions{.learning_rate = 0.01, .weight_decay = 0.01});
  return std::make_unique<Adam>(p, AdamOptions{.learning_rate = 0.01, .weight_decay = 0.05, .decay = Decay::kDecoupled});
}

struct Trained {
  std::vector<double> losses;
  NamedTensors end;
};

Trained train_ten_steps(const std::string& network_name, const std::string& optimizer_name, DType type) {
  const std::string key = network_name + "." + std::string(name_of(type)) + "/";
  Sequential net = network(network_name);
  convert(net, type);
  load_state(net, under(key + "start/"));
  const Tensor x = golden().at(key + "x"), y = golden().at(key + "y");
  const std::vector<Tensor> learned = parameters(net);
  Trained result;
  const auto loss_of = [&](std::int64_t batch) {
    const Tensor error = square(net(x.select(0, batch)) - y.select(0, batch));
    const Tensor loss = sum(error) / static_cast<double>(error.count());
    loss.backward();
    return loss;
  };
  if (optimizer_name.starts_with("lbfgs")) {
    LbfgsOptions options{.learning_rate = 0.2, .max_iterations = 4, .history = 5};
    if (optimizer_name == "lbfgs_wolfe")
      options = {.learning_rate = 1, .max_iterations = 3, .history = 5, .line_search = LineSearch::kStrongWolfe};
    Lbfgs lbfgs(learned, options);
    for (int i = 0; i < 10; i++) result.losses.push_back(lbfgs.step([&] { return loss_of(0); }));
  } else {
    const std::unique_ptr<Optimizer> steps = optimizer(optimizer_name, learned);
    for (int i = 0; i < 10; i++) {
      steps->zero_gradients();
      result.losses.push_back(loss_of(i).item());
      steps->step();
    }
  }
  result.end = state(net);
  return result;
}

struct TrainingCase {
  const char* network;
  const char* optimizer;
};

class GoldenTraining : public testing::TestWithParam<TrainingCase> {};

TEST_P(GoldenTraining, IsPyTorchs) {
  const auto [network_name, optimizer_name] = GetParam();
  for (const DType type : {DType::kF64, DType::kF32}) {
    const std::string key = std::string(network_name) + "." + std::string(name_of(type)) + "/" + optimizer_name + "/";
    const Trained trained = train_ten_steps(network_name, optimizer_name, type);
    const double losses = difference(from_values(trained.losses, {10}, DType::kF64), golden().at(key + "loss"));
    const double weights = difference(trained.end, under(key + "end/"));
    std::printf("%s: losses %.1e, weights %.1e\n", key.c_str(), losses, weights);
    EXPECT_LT(losses, type == DType::kF64 ? 1e-9 : 1e-5);
    // Optimizers that divide by small gradients make much of the last digit.
    if (type == DType::kF64) {
      EXPECT_LT(weights, 1e-9);
    } else if (std::string(optimizer_name).starts_with("sgd")) {
      EXPECT_LT(weights, 1e-5);
    }
  }
}

constexpr TrainingCase kTrainings[] = {{"mlp", "sgd"},  {"mlp", "sgd_decay"}, {"mlp", "momentum"}, {"mlp", "nesterov"},
                                       {"mlp", "adam"}, {"mlp", "adamw"},     {"mlp", "lbfgs"},    {"mlp", "lbfgs_wolfe"},
                                       {"cnn", "sgd"},  {"cnn", "sgd_decay"}, {"cnn", "momentum"}, {"cnn", "nesterov"},
                                       {"cnn", "adam"}, {"cnn", "adamw"},     {"cnn", "lbfgs"},    {"cnn", "lbfgs_wolfe"}};

INSTANTIATE_TEST_SUITE_P(All, GoldenTraining, testing::ValuesIn(kTrainings), [](const testing::TestParamInfo<TrainingCase>& info) {
  return std::string(info.param.network) + "_" + info.param.optimizer;
});

// ---- layers ----------------------------------------------------------------------------------------------------------------------------

using Inputs = std::vector<Tensor>;
using Forward = std::function<std::vector<Tensor>(const Inputs&)>;

struct BuiltLayer {
  std::unique_ptr<Module> module;
  Forward forward;
};

template <class L>
BuiltLayer layer(L made) {
  auto owned = std::make_unique<L>(std::move(made));
  L* const raw = owned.get();
  return {std::move(owned), [raw](const Inputs& in) { return std::vector{raw->forward(in[0])}; }};
}

template <class L, class F>
BuiltLayer module(L made, F&& forward) {
  auto owned = std::make_unique<L>(std::move(made));
  L* const raw = owned.get();
  return {std::move(owned), [raw, forward](const Inputs& in) { return forward(*raw, in); }};
}

BuiltLayer build(const std::string& name) {
  Generator random(7);
  if (name == "linear") return layer(Linear(5, 3, random));
  if (name == "linear_no_bias") return layer(Linear(5, 3, random, Bias::kNo));
  if (name == "conv1d") return layer(Conv1d(4, 6, {3}, random, {.padding = {2}, .dilation = {2}, .groups = 2}));
  if (name == "conv2d") return layer(Conv2d(3, 5, {3, 2}, random, {.stride = {2, 1}, .padding = {1, 0}}));
  if (name == "conv3d") return layer(Conv3d(2, 3, {2}, random));
  if (name == "conv_transpose2d") return layer(ConvTranspose2d(4, 6, {3}, random, {.stride = {2}, .padding = {1}, .groups = 2}, {1}));
  if (name == "batch_norm1d") return layer(BatchNorm1d(4));
  if (name == "batch_norm2d") return layer(BatchNorm2d(3, {.epsilon = 1e-3, .momentum = 0.3}));
  if (name == "batch_norm2d_eval") return layer(BatchNorm2d(3));
  if (name == "layer_norm") return layer(LayerNorm({3, 4}));
  if (name == "group_norm") return layer(GroupNorm(2, 6));
  if (name == "instance_norm2d") return layer(InstanceNorm2d(3, 1e-5, Affine::kYes));
  if (name == "embedding") return layer(Embedding(7, 3, random));
  if (name == "gru_cell")
    return module(GruCell(4, 3, random), [](GruCell& c, const Inputs& in) { return std::vector{c.forward(in[0], in[1])}; });
  if (name == "lstm_cell") {
    return module(LstmCell(4, 3, random), [](LstmCell& c, const Inputs& in) {
      const LstmState s = c.forward(in[0]);
      return std::vector{s.h, s.c};
    });
  }
  const auto gru = [](Gru& g, const Inputs& in) {
    const Gru::Result r = g.forward(in[0], in.size() > 1 ? in[1] : Tensor());
    return std::vector{r.output, r.state};
  };
  const RecurrentOptions both{.layers = 2, .ways = Ways::kBoth};
  if (name == "gru") return module(Gru(4, 3, random, both), gru);
  if (name == "gru_plain") return module(Gru(4, 3, random, {.bias = Bias::kNo}), gru);
  return module(Lstm(4, 3, random, both), [](Lstm& l, const Inputs& in) {
    const Lstm::Result r = l.forward(in[0]);
    return std::vector{r.output, r.state.h, r.state.c};
  });
}

class GoldenLayer : public testing::TestWithParam<const char*> {};

TEST_P(GoldenLayer, IsPyTorchs) {
  const std::string key = std::string("layer/") + GetParam() + "/";
  BuiltLayer built = build(GetParam());
  convert(*built.module, DType::kF64);
  load_state(*built.module, under(key + "state/"));  // the names are PyTorch's
  if (std::string(GetParam()).ends_with("_eval")) set_mode(*built.module, Mode::kEvaluation);
  Inputs inputs;
  for (const auto& [number, tensor] : under(key + "input/")) {
    inputs.push_back(tensor.detach());
    if (is_floating(tensor.dtype())) inputs.back().requires_grad(true);
  }
  const std::vector<Tensor> outputs = built.forward(inputs);
  Tensor total = zeros({}, DType::kF64);
  for (const Tensor& output : outputs) total = total + sum(square(output));
  total.backward();
  const NamedTensors expected = under(key + "output/");
  ASSERT_EQ(outputs.size(), expected.size());
  for (std::size_t i = 0; i < outputs.size(); i++) EXPECT_LT(difference(outputs[i], expected.at(std::to_string(i))), 1e-12);
  NamedTensors found_gradients, after;
  const Members members = members_of(*built.module);
  for (const Members::Member& member : members.all()) {
    if (member.kind == Members::Kind::kParameter) found_gradients[member.name] = member.tensor->grad();
    if (member.kind == Members::Kind::kBuffer) after[member.name] = *member.tensor;
  }
  EXPECT_LT(difference(found_gradients, under(key + "gradient/")), 1e-11);
  EXPECT_LT(difference(after, under(key + "after/")), 1e-12);
  if (golden().contains(key + "input_gradient")) {
    EXPECT_LT(difference(inputs[0].grad(), golden().at(key + "input_gradient")), 1e-11);
  }
}

constexpr const char* kLayers[] = {"linear",       "linear_no_bias", "conv1d",
                                   "conv2d",       "conv3d",         "conv_transpose2d",
                                   "batch_norm1d", "batch_norm2d",   "batch_norm2d_eval",
                                   "layer_norm",   "group_norm",     "instance_norm2d",
                                   "embedding",    "gru_cell",       "lstm_cell",
                                   "gru",          "gru_plain",      "lstm"};

INSTANTIATE_TEST_SUITE_P(All, GoldenLayer, testing::ValuesIn(kLayers),
                         [](const testing::TestParamInfo<const char*>& info) { return std::string(info.param); });

// ---- schedules, clipping ---------------------------------------------------------------------------------------------------------------

void expect_rates(const Schedule& schedule, const char* name) {
  const std::vector<double> expected = golden().at(std::string("schedule/") + name).values();
  for (std::size_t i = 0; i < expected.size(); i++)
    EXPECT_NEAR(schedule(static_cast<std::int64_t>(i)), expected[i], 1e-12) << name << " " << i;
}

TEST(Golden, SchedulesArePyTorchs) {
  expect_rates(step_decay(0.1, 7, 0.5), "step");
  expect_rates(multistep_decay(0.1, {3, 9, 9, 20}, 0.3), "multistep");
  expect_rates(exponential_decay(0.1, 0.9), "exponential");
  expect_rates(cosine(0.1, 29, 0.001), "cosine");
  expect_rates(warmup(constant(0.1), 10, 0.2), "warmup");
  expect_rates(one_cycle({.highest = 0.1, .steps = 31}), "one_cycle");
  PlateauSchedule plateau(0.1, {.factor = 0.5, .patience = 3, .threshold = 1e-2, .cooldown = 2, .lowest = 1e-3});
  const std::vector<double> losses = golden().at("schedule/plateau_losses").values(), rates = golden().at("schedule/plateau").values();
  for (std::size_t i = 0; i < losses.size(); i++) EXPECT_NEAR(plateau.next(losses[i]), rates[i], 1e-12) << i;
}

TEST(Golden, ClippingIsPyTorchs) {
  std::vector<Tensor> parameters;
  for (int i = 0; i < 2; i++) {
    const Tensor gradient = golden().at("clip/gradient/" + std::to_string(i));
    parameters.push_back(zeros(gradient.shape()).requires_grad(true));
    parameters.back().set_grad(gradient.clone());
  }
  EXPECT_NEAR(clip_gradient_norm(parameters, 0.7).item(), golden().at("clip/norm").item(), 1e-6);
  for (int i = 0; i < 2; i++)
    EXPECT_LT(difference(parameters[static_cast<std::size_t>(i)].grad(), golden().at("clip/clipped/" + std::to_string(i))), 1e-6);
}

}  // namespace
}  // namespace argent::tensor
