#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "models/tensor/autograd.h"
#include "models/tensor/layers/initialize.h"
#include "models/tensor/layers/linear.h"
#include "models/tensor/layers/normalization.h"
#include "models/tensor/layers/recurrent.h"
#include "models/tensor/ops.h"

namespace argent::tensor {
namespace {

struct Net final : Layer {
  explicit Net(Generator& random) : conv(1, 2, {3}, random), norm(2), out(2, 3, random) {}
  Tensor forward(const Tensor& x) override { return out(sum(relu(norm(conv(x))), {2, 3})); }
  void describe(Members& m) override {
    m.part("conv", conv);
    m.part("norm", norm);
    m.part("out", out);
  }

  Conv2d conv;
  BatchNorm2d norm;
  Linear out;
};

std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(Layers, HavePyTorchsNames) {
  Generator random(1);
  Net net(random);
  std::vector<std::string> names;
  const Members members = members_of(net);
  for (const Members::Member& member : members.all()) names.push_back(member.name);
  EXPECT_EQ(names, (std::vector<std::string>{"conv.weight", "conv.bias", "norm.weight", "norm.bias", "norm.running_mean",
                                             "norm.running_var", "norm.num_batches_tracked", "out.weight", "out.bias"}));
  EXPECT_EQ(parameters(net).size(), 6U);
  Lstm lstm(2, 3, random, {.layers = 2, .ways = Ways::kBoth});
  EXPECT_TRUE(state(lstm).contains("weight_hh_l1_reverse"));
  Sequential chain(
      Linear(2, 2, random, Bias::kNo), [](const Tensor& x) { return relu(x); }, Sequential(Linear(2, 2, random)));
  EXPECT_EQ(state(chain).size(), 3U);
  EXPECT_TRUE(state(chain).contains("2.0.bias"));
}

TEST(Layers, LoadTellsAllThatIsWrongAndChangesNothing) {
  Generator random(1);
  Net net(random);
  NamedTensors other = state(net);
  for (auto& [name, tensor] : other) tensor = tensor.clone();
  const std::vector<double> before = net.out.weight.values();
  other.erase("conv.bias");
  other["extra"] = ones({1});
  other["out.weight"] = ones({2, 3});
  other["norm.num_batches_tracked"] = ones({});
  other["norm.weight"] = full({2}, 7);
  EXPECT_EQ(
      error_of([&] { load_state(net, other); }),
      "load_state: missing: conv.bias; unknown: extra; norm.num_batches_tracked is f32 scalar, expected i64 scalar, out.weight is f32 "
      "2x3, expected f32 3x2");
  EXPECT_EQ(net.norm.weight.values(), (std::vector<double>{1, 1}));
  EXPECT_EQ(net.out.weight.values(), before);
}

TEST(Layers, LoadedNumbersAreConvertedInPlace) {
  Generator random(1);
  Linear layer(2, 1, random);
  const Tensor held = layer.weight;
  load_state(layer, {{"weight", from_values({3, 4}, DType::kF64).view({1, 2})}, {"bias", full({1}, 5, DType::kF64)}});
  EXPECT_EQ(held.values(), (std::vector<double>{3, 4}));
  EXPECT_EQ(held.dtype(), DType::kF32);
  EXPECT_TRUE(held.requires_grad());
}

TEST(Layers, ModeReachesAllParts) {
  Generator random(1);
  Net net(random);
  const Tensor x = normal(random, {4, 1, 5, 5});
  const Tensor trained = net(x);
  EXPECT_EQ(net.norm.num_batches_tracked.item_integer(), 1);
  set_mode(net, Mode::kEvaluation);
  const Tensor once = net(x), twice = net(x);
  EXPECT_EQ(once.values(), twice.values());
  EXPECT_NE(once.values(), trained.values());
  EXPECT_EQ(net.norm.num_batches_tracked.item_integer(), 1);
}

TEST(Layers, ConvertKeepsWhatLearns) {
  Generator random(1);
  Net net(random);
  convert(net, DType::kF64);
  for (const Tensor& parameter : parameters(net)) {
    EXPECT_EQ(parameter.dtype(), DType::kF64);
    EXPECT_TRUE(parameter.requires_grad());
    EXPECT_TRUE(parameter.is_leaf());
  }
  EXPECT_EQ(net.norm.running_mean.dtype(), DType::kF64);
  EXPECT_FALSE(net.norm.running_mean.requires_grad());
  EXPECT_EQ(net.norm.num_batches_tracked.dtype(), DType::kI64);
}

TEST(Layers, ASharedParameterIsLearnedOnce) {
  struct Tied final : Module {
    explicit Tied(Generator& random) : a(2, 2, random), b(2, 2, random) { b.weight = a.weight; }
    void describe(Members& m) override { m.part("a", a), m.part("b", b); }
    Linear a, b;
  };
  Generator random(1);
  Tied tied(random);
  EXPECT_EQ(parameters(tied).size(), 3U);
  EXPECT_EQ(state(tied).size(), 4U);
}

TEST(Layers, WrongShapesAreErrors) {
  Generator random(1);
  EXPECT_THROW(Linear(0, 3, random), Error);
  EXPECT_THROW(Conv2d(3, 4, {3}, random, {.groups = 2}), Error);
  EXPECT_THROW(Conv2d(3, 4, {3, 3, 3}, random), Error);
  EXPECT_THROW(GroupNorm(2, 3), Error);
  EXPECT_THROW(BatchNorm2d(3)(ones({2, 4, 2, 2})), Error);
  EXPECT_THROW(BatchNorm2d(3)(ones({1, 3, 1, 1})), Error);
  EXPECT_THROW(LayerNorm({3})(ones({2, 4})), Error);
  EXPECT_THROW(InstanceNorm2d(3)(ones({2, 4, 3, 3})), Error);
  EXPECT_THROW(Gru(2, 3, random).forward(ones({4, 2})), Error);
}

TEST(Layers, NormsOfShortTypesAreComputedInF32) {
  Generator random(1);
  const Tensor x = (normal(random, {8, 3, 4, 4}) * 3 + 100).to(DType::kF16);
  BatchNorm2d norm(3);
  const std::vector<double> found = norm(x).values(), exact = norm(x.to(DType::kF64)).values();
  for (std::size_t i = 0; i < found.size(); i++) EXPECT_NEAR(found[i], exact[i], 4 * 0x1p-11 * std::max(1.0, std::abs(exact[i])));
}

TEST(Layers, DropoutDropsInTrainingAlone) {
  Generator random(3);
  Dropout dropout(0.25, random);
  const Tensor x = ones({10'000});
  const Tensor y = dropout(x);
  std::size_t dropped = 0;
  for (double value : y.values()) {
    EXPECT_TRUE(value == 0 || std::abs(value - 4.0 / 3) < 1e-6);
    if (value == 0) dropped++;
  }
  EXPECT_NEAR(static_cast<double>(dropped), 2500, 200);
  EXPECT_NE(dropout(x).values(), y.values());
  dropout.mode = Mode::kEvaluation;
  EXPECT_EQ(dropout(x).values(), x.values());
}

// ---- where numbers start
// -----------------------------------------------------------------------------------------------------------------

struct Spread {
  double mean, deviation, largest;
};

Spread spread(const Tensor& x) {
  double total = 0, squares = 0, largest = 0;
  const std::vector<double> values = x.values();
  for (double value : values) {
    total += value, squares += value * value;
    largest = std::max(largest, std::abs(value));
  }
  const auto count = static_cast<double>(values.size());
  return {total / count, std::sqrt(squares / count - total * total / count / count), largest};
}

void expect_uniform(const Tensor& x, double bound) {
  const auto [mean, deviation, largest] = spread(x);
  EXPECT_LE(largest, bound * 1.000001);
  EXPECT_GT(largest, bound * 0.99);
  EXPECT_NEAR(mean, 0, bound * 0.02);
  EXPECT_NEAR(deviation, bound / std::sqrt(3.0), bound * 0.02);
}

TEST(Initialize, DistributionsAreThoseOfThePapers) {
  Generator random(5);
  expect_uniform(kaiming_uniform(random, {64, 8, 5, 5}), std::sqrt(6.0 / 200));
  expect_uniform(kaiming_uniform(random, {100, 100}, std::sqrt(5.0)), 0.1);
  expect_uniform(xavier_uniform(random, {50, 200}, 2), 2 * std::sqrt(6.0 / 250));
  EXPECT_NEAR(spread(kaiming_normal(random, {200, 100})).deviation, std::sqrt(0.02), 0.003);
  EXPECT_NEAR(spread(xavier_normal(random, {150, 50})).deviation, 0.1, 0.003);
  EXPECT_THROW(kaiming_normal(random, {3}), Error);
}

TEST(Initialize, LayersStartAsPyTorchs) {
  Generator random(6);
  const Linear linear(100, 100, random);
  expect_uniform(linear.weight, 0.1);
  EXPECT_LE(spread(linear.bias).largest, 0.1);
  const Conv2d conv(32, 64, {5}, random, {.groups = 2});
  expect_uniform(conv.weight, 1 / std::sqrt(16.0 * 25));
  const GruCell cell(10, 64, random);
  expect_uniform(cell.weights.weight_hh, 0.125);
  EXPECT_NEAR(spread(Embedding(100, 100, random).weight).deviation, 1, 0.03);
  Generator same(6);
  EXPECT_EQ(Linear(100, 100, same).weight.values(), linear.weight.values());
}

TEST(Initialize, OrthogonalIs) {
  Generator random(7);
  for (const Dims& shape : {Dims{4, 6}, Dims{6, 4}, Dims{5, 5}, Dims{3, 2, 2}}) {
    const Tensor weight = orthogonal(random, shape, 2);
    const Tensor m = weight.reshape({shape[0], -1}).to(DType::kF64);
    const Tensor products = m.size(0) <= m.size(1) ? matmul(m, m.transpose(0, 1)) : matmul(m.transpose(0, 1), m);
    for (std::int64_t i = 0; i < products.size(0); i++) {
      for (std::int64_t j = 0; j < products.size(0); j++) EXPECT_NEAR(products.select(0, i).select(0, j).item(), i == j ? 4 : 0, 1e-5);
    }
  }
}

}  // namespace
}  // namespace argent::tensor
