#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>

#include "models/tensor/autograd.h"
#include "models/tensor/graph.h"
#include "models/tensor/layers/linear.h"
#include "models/tensor/layers/normalization.h"
#include "models/tensor/ops.h"
#include "models/tensor/training/adam.h"
#include "models/tensor/training/checkpoint.h"
#include "models/tensor/training/gradient_clip.h"
#include "models/tensor/training/lbfgs.h"
#include "models/tensor/training/moving_average.h"
#include "models/tensor/training/sgd.h"
#include "models/tensor/training/training_loop.h"

namespace argent::tensor {
namespace {

Sequential small_net(Generator& random) {
  return Sequential(
      Conv2d(1, 3, {3}, random, {.padding = {1}}, Bias::kNo), BatchNorm2d(3), [](const Tensor& x) { return relu(x); },
      [](const Tensor& x) { return x.flatten(1); }, Linear(3 * 16, 2, random));
}

Tensor squared_error(const Tensor& a, const Tensor& b) { return sum(square(a - b)) / static_cast<double>(a.count()); }

std::unique_ptr<Optimizer> make_optimizer(const std::string& name, const std::vector<Tensor>& p) {
  if (name == "sgd")
    return std::make_unique<Sgd>(p, SgdOptions{.learning_rate = 0.05, .momentum = 0.9, .dampening = 0.2, .weight_decay = 1e-3});
  if (name == "nesterov") return std::make_unique<Sgd>(p, SgdOptions{.momentum = 0.9, .nesterov = Nesterov::kYes});
  if (name == "adam") return std::make_unique<Adam>(p, AdamOptions{.weight_decay = 1e-3});
  return std::make_unique<Adam>(p, AdamOptions{.weight_decay = 1e-2, .decay = Decay::kDecoupled});
}

void expect_same_bits(const NamedTensors& a, const NamedTensors& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, tensor] : a) {
    const Tensor x = tensor.contiguous(), y = b.at(name).contiguous();
    ASSERT_EQ(x.shape(), y.shape()) << name;
    EXPECT_EQ(std::memcmp(x.raw(), y.raw(), static_cast<std::size_t>(x.count()) * size_of(x.dtype())), 0) << name;
  }
}

NamedTensors copies(Stateful& object) {
  NamedTensors result;
  for (auto& [name, tensor] : state(object)) result[name] = tensor.clone();
  return result;
}

/// The gradient of squares of differences between points and a line that they lie on.
struct Line {
  Tensor weight = from_values({0.5, -1}, DType::kF64).requires_grad(true);
  Tensor x = from_values(std::vector<double>{1, 2, 3, 4, -1, 0.5}, {3, 2}, DType::kF64);
  Tensor y = from_values({8, 18, 0.5}, DType::kF64);  // weights 2 and 3 ... and one that fits no line

  Tensor loss() const {
    const Tensor value = squared_error(sum(x * weight, {1}), y);
    value.backward();
    return value;
  }
};

// ---- optimizers ------------------------------------------------------------------------------------------------------------------------

class ATrainingStep : public testing::TestWithParam<const char*> {};

/// Forward, backward, clipping, step and average, seven times: eagerly, and as a graph that was recorded in the third.
TEST_P(ATrainingStep, ReplaysBitForBit) {
  struct Run {
    NamedTensors net, optimizer, average;
    std::vector<double> losses;
  };
  const auto run = [&](bool replay) {
    Generator random(11);
    Sequential net = small_net(random);
    const auto optimizer = make_optimizer(GetParam(), parameters(net));
    MovingAverage average(parameters(net), 0.9);
    Dropout dropout(0.2, random);  // draws anew in each run of the graph
    const auto step = [&](std::span<const Tensor> in) {
      optimizer->zero_gradients();
      const Tensor loss = squared_error(net(dropout(in[0])), in[1]);
      loss.backward();
      clip_gradient_norm(optimizer->parameters(), 0.5);
      clip_gradient_values(optimizer->parameters(), 0.2);
      optimizer->step();
      average.update();
      return std::vector{loss};
    };
    Graph graph;
    Run result;
    for (int i = 0; i < 7; i++) {
      Generator data(static_cast<std::uint64_t>(i));
      const std::vector<Tensor> batch = {normal(data, {5, 1, 4, 4}), normal(data, {5, 2})};
      optimizer->set_learning_rate(0.05 / (1 + i));  // a schedule is followed, too
      if (replay && i > 2) {
        result.losses.push_back(graph.run(batch)[0].item());
      } else if (replay && i == 2) {
        graph = trace(step, batch);  // which runs it, too
      } else if (const double loss = step(batch)[0].item(); i != 2) {
        result.losses.push_back(loss);
      }
    }
    result.net = copies(net), result.optimizer = copies(*optimizer), result.average = copies(average);
    return result;
  };
  const Run eager = run(false), replayed = run(true);
  EXPECT_EQ(eager.losses, replayed.losses);
  expect_same_bits(eager.net, replayed.net);
  expect_same_bits(eager.optimizer, replayed.optimizer);
  expect_same_bits(eager.average, replayed.average);
}

TEST_P(ATrainingStep, ResumesBitForBit) {
  Line whole, first, second;
  const auto steps = [](const Line& line, Optimizer& optimizer, int count) {
    for (int i = 0; i < count; i++) {
      optimizer.zero_gradients();
      line.loss();
      optimizer.step();
    }
  };
  const auto a = make_optimizer(GetParam(), {whole.weight}), b = make_optimizer(GetParam(), {first.weight}),
             c = make_optimizer(GetParam(), {second.weight});
  steps(whole, *a, 9);
  b->set_learning_rate(a->learning_rate());
  steps(first, *b, 4);
  c->set_learning_rate(77);  // is part of the state
  load_state(*c, state(*b));
  {
    const NoGrad off;
    second.weight.assign(first.weight);
  }
  steps(second, *c, 5);
  EXPECT_EQ(second.weight.values(), whole.weight.values());
  expect_same_bits(state(*a), state(*c));
}

INSTANTIATE_TEST_SUITE_P(All, ATrainingStep, testing::Values("sgd", "nesterov", "adam", "adamw"),
                         [](const testing::TestParamInfo<const char*>& info) { return std::string(info.param); });

TEST(Optimizers, GroupsHaveTheirOwnRates) {
  Line line;
  Tensor other = from_values({1, 1}, DType::kF64).requires_grad(true);
  Sgd sgd({line.weight}, {.learning_rate = 0});
  sgd.add_group({other}, {.learning_rate = 1});
  const std::vector<double> before = line.weight.values();
  sum(line.weight * other).backward();
  sgd.step();
  EXPECT_EQ(line.weight.values(), before);
  EXPECT_EQ(other.values(), (std::vector<double>{1 - before[0], 1 - before[1]}));
  sgd.set_learning_rate(0.5, 0);
  EXPECT_EQ(sgd.learning_rate(0), 0.5);
  EXPECT_EQ(sgd.learning_rate(1), 1);
}

TEST(Optimizers, WhatCannotLearnIsAnError) {
  Line line;
  EXPECT_THROW(Sgd({ones({2})}), Error);
  EXPECT_THROW(Sgd({line.weight * 2}), Error);
  EXPECT_THROW(Sgd({line.weight, line.weight}), Error);
  EXPECT_THROW(Sgd({line.weight}, {.learning_rate = -1}), Error);
  EXPECT_THROW(Sgd({line.weight}, {.nesterov = Nesterov::kYes}), Error);
  EXPECT_THROW(Adam({line.weight}, {.beta1 = 1}), Error);
  EXPECT_THROW(Lbfgs({}), Error);
}

TEST(Optimizers, AParameterWithoutAGradientStays) {
  Line line;
  Adam adam({line.weight}, {.weight_decay = 1});
  const std::vector<double> before = line.weight.values();
  adam.step();
  EXPECT_EQ(line.weight.values(), before);
}

TEST(Lbfgs, FindsTheLeastSquares) {
  for (const LineSearch search : {LineSearch::kNone, LineSearch::kStrongWolfe}) {
    Line line;
    Lbfgs lbfgs({line.weight}, {.max_iterations = 50, .line_search = search});
    lbfgs.step([&] { return line.loss(); });
    zero_gradients(std::span(&line.weight, 1));
    line.loss();
    for (double slope : line.weight.grad().values()) EXPECT_NEAR(slope, 0, 1e-5);
  }
}

TEST(Lbfgs, ResumesBitForBit) {
  const LbfgsOptions options{.max_iterations = 2, .history = 2, .line_search = LineSearch::kStrongWolfe};
  Line whole, half;
  Lbfgs a({whole.weight}, options), b({half.weight}, options), c({half.weight}, options);
  for (int i = 0; i < 4; i++) a.step([&] { return whole.loss(); });
  for (int i = 0; i < 2; i++) b.step([&] { return half.loss(); });
  load_state(c, state(b));
  for (int i = 0; i < 2; i++) c.step([&] { return half.loss(); });
  EXPECT_EQ(whole.weight.values(), half.weight.values());
}

TEST(MovingAverage, IsTheGeometricSum) {
  Tensor weight = from_values({1}, DType::kF64).requires_grad(true);
  MovingAverage average({weight}, 0.5);
  {
    const NoGrad off;
    weight.assign(3);
    average.update();
    weight.assign(5);
    average.update();
  }
  average.swap();
  EXPECT_EQ(weight.item(), 3.5);
  average.swap();
  EXPECT_EQ(weight.item(), 5);
}

// ---- all of it -------------------------------------------------------------------------------------------------------------------------

struct Watch final : TrainingObserver {
  void on_step(const StepReport& report) override { steps.push_back(report); }
  void on_epoch(const EpochReport& report) override { epochs.push_back(report); }
  std::vector<StepReport> steps;
  std::vector<EpochReport> epochs;
};

/// A network, its optimizer, data with random noise and an average, as a program has them.
struct Session {
  explicit Session(std::uint64_t seed)
      : random(seed),
        net(small_net(random)),
        adam(parameters(net), {.learning_rate = 0.01}),
        average(parameters(net), 0.9),
        data({normal(data_random, {10, 1, 4, 4}), normal(data_random, {10, 2})}),
        loader(data, {.batch = 4,
                      .seed = 5,
                      .augment =
                          [](std::vector<Tensor> sample, Generator& draw) {
                            sample[0] = sample[0] + normal(draw, sample[0].shape(), 0, 0.1);
                            return sample;
                          }}),
        dropout(0.3, random) {}

  Tensor loss(const Batch& batch) { return squared_error(net(dropout(batch.tensors[0])), batch.tensors[1]); }
  double train_until(std::int64_t epoch) {
    return train(loader, adam, [&](const Batch& batch) { return loss(batch); },
                 {.epochs = epoch, .schedule = cosine(0.01, 12), .longest_gradient = 1, .observer = &watch});
  }
  void one_step() {
    const Batch batch = loader.next();
    adam.zero_gradients();
    loss(batch).backward();
    adam.step();
    average.update();
  }
  std::vector<CheckpointPart> parts() {
    return {{"model", net}, {"optimizer", adam}, {"average", average}, {"loader", loader}, {"random", random}};
  }

  Generator random, data_random{99};
  Sequential net;
  Adam adam;
  MovingAverage average;
  TensorDataset data;
  DataLoader loader;
  Dropout dropout;
  Watch watch;
};

class Checkpoint : public testing::Test {
 protected:
  ~Checkpoint() override { std::filesystem::remove(path); }
  std::filesystem::path path = std::filesystem::path(testing::TempDir()) / ("argent_checkpoint_" + std::to_string(::getpid()));
};

TEST_F(Checkpoint, ResumesBitForBit) {
  Session whole(1), first(1), second(2);
  for (int i = 0; i < 11; i++) whole.one_step();
  for (int i = 0; i < 5; i++) first.one_step();  // within the second epoch
  save_checkpoint(path, first.parts(), Overwrite::kNo);
  second.one_step();
  load_checkpoint(path, second.parts());
  for (int i = 0; i < 6; i++) second.one_step();
  for (std::size_t i = 0; i < 4; i++) {
    expect_same_bits(state(*whole.parts()[i].object), state(*second.parts()[i].object));
  }
  EXPECT_EQ(whole.random.state().values(), second.random.state().values());
}

TEST_F(Checkpoint, HoldsExactlyItsParts) {
  Session session(1);
  save_checkpoint(path, session.parts(), Overwrite::kNo);
  EXPECT_THROW(save_checkpoint(path, session.parts(), Overwrite::kNo), Error);
  EXPECT_NO_THROW(save_checkpoint(path, session.parts(), Overwrite::kYes));
  const std::vector<CheckpointPart> fewer = {{"model", session.net}}, twice = {{"a", session.net}, {"a", session.net}},
                                    other = {{"model", session.adam}}, dotted = {{"a.b", session.net}};
  EXPECT_THROW(load_checkpoint(path, fewer), Error);
  EXPECT_THROW(load_checkpoint(path, other), Error);
  EXPECT_THROW(save_checkpoint(path, twice, Overwrite::kYes), Error);
  EXPECT_THROW(save_checkpoint(path, dotted, Overwrite::kYes), Error);
  EXPECT_NO_THROW(load_checkpoint(path, session.parts()));
}

TEST(TrainingLoop, TellsItsObserver) {
  Session session(1);
  const double loss = session.train_until(4);
  const Watch& watch = session.watch;
  ASSERT_EQ(watch.steps.size(), 12U);
  ASSERT_EQ(watch.epochs.size(), 4U);
  EXPECT_EQ(watch.epochs.back().mean_loss, loss);
  EXPECT_LT(loss, watch.epochs.front().mean_loss);
  for (std::size_t i = 0; i < 12; i++) {
    EXPECT_EQ(watch.steps[i].step, static_cast<std::int64_t>(i));
    EXPECT_EQ(watch.steps[i].learning_rate, cosine(0.01, 12)(static_cast<std::int64_t>(i)));
    EXPECT_GT(watch.steps[i].gradient_norm, 0);
  }
  EXPECT_EQ(watch.steps[11].batches, 3);
}

}  // namespace
}  // namespace argent::tensor
