#include "models/tensor/graph.h"

#include <gtest/gtest.h>

#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"
#include "models/tensor/plan.h"

namespace argent::tensor {
namespace {

TEST(Graph, RepeatsATrainingStepOnNewNumbers) {
  Tensor weight = from_values({0.5, -1}).requires_grad(true);
  const auto step = [&](std::span<const Tensor> in) {
    const Tensor loss = sum(sigmoid(in[0] * weight));
    const Tensor gradient = gradients(loss, {weight})[0];
    const NoGrad off;
    weight -= gradient * 0.1;
    return std::vector{loss};
  };
  const auto numbers = [](int i) { return from_values({0.1 * i, 1.0 - 0.2 * i}); };
  std::vector<double> eager;
  for (int i = 0; i < 5; i++) {
    const Tensor x = numbers(i);
    eager.push_back(step(std::span(&x, 1))[0].item());
  }
  const std::vector<double> trained = weight.values();
  {
    const NoGrad off;
    weight.assign(from_values({0.5, -1}));
  }
  const Graph graph = trace(step, {numbers(0)});
  std::vector<double> replayed{eager[0]};
  for (int i = 1; i < 5; i++) replayed.push_back(graph.run({numbers(i)})[0].item());
  EXPECT_EQ(replayed, eager);
  EXPECT_EQ(weight.values(), trained);
}

TEST(Graph, WhatTheFunctionMakesStartsAnewInEachRun) {
  const Graph graph = trace(
      [](std::span<const Tensor> in) {
        Tensor total = zeros({2});
        total += in[0];
        total.slice(0, 0, 1) += 10;
        return std::vector{total};
      },
      {ones({2})});
  for (int i = 0; i < 2; i++) EXPECT_EQ(graph.run({full({2}, 3)})[0].values(), (std::vector<double>{13, 3}));
}

TEST(Graph, LookingAtNumbersIsAnError) {
  const auto branches = [](std::span<const Tensor> in) {
    if (sum(in[0]).item() > 0) return std::vector{in[0] * 2};
    return std::vector{in[0]};
  };
  EXPECT_THROW(trace(branches, {ones({2})}), Error);
  EXPECT_NO_THROW(trace([](std::span<const Tensor> in) { return std::vector{in[0] * ones({1}).item_integer()}; }, {ones({2})}));
}

TEST(Plan, RunsAgainOnNewNumbersAndParameters) {
  Tensor weight = from_values({2, 3});
  Plan plan(trace(
                [&](std::span<const Tensor> in) {
                  return std::vector{sum(in[0].transpose(0, 1) * weight.unsqueeze(1)), in[0] + 1};
                },
                {zeros({3, 2})}),
            {zeros({3, 2})});
  Tensor input = plan.input(0);
  input.assign(ones({3, 2}));
  plan.run();
  EXPECT_EQ(plan.output(0).item(), 15);
  weight.assign(from_values({1, 1}));
  input.assign(full({3, 2}, 2));
  plan.run();
  EXPECT_EQ(plan.output(0).item(), 12);
  EXPECT_EQ(plan.output(1).values(), (std::vector<double>(6, 3)));
}

TEST(Plan, WritesAreRefused) {
  const Graph graph = trace(
      [](std::span<const Tensor> in) {
        Tensor total = zeros({2});
        total += in[0];
        return std::vector{total};
      },
      {ones({2})});
  EXPECT_THROW(Plan(graph, {ones({2})}), Error);
}

TEST(Graph, InputsOfAnotherShapeAreAnError) {
  const Graph graph = trace([](std::span<const Tensor> in) { return std::vector{in[0] + in[1]}; }, {ones({2}), ones({2})});
  EXPECT_THROW(graph.run({ones({3}), ones({2})}), Error);
  EXPECT_THROW(graph.run({ones({2})}), Error);
}

TEST(Graph, PrintsItself) {
  const Graph graph = trace([](std::span<const Tensor> in) { return std::vector{relu(in[0]) * 2}; }, {ones({2, 3})});
  const std::string line = std::to_string(__LINE__ - 1);
  EXPECT_EQ(graph.text(), "graph of %0: f32 2x3\n  %2 = constant: f32 scalar of 2\n  %1 = relu(%0): f32 2x3  # graph_test.cpp:" + line +
                              "\n  %3 = mul(%1, %2): f32 2x3  # graph_test.cpp:" + line + "\n  return %3\n");
}

TEST(Graph, HasAGradientItself) {
  const Graph graph = trace([](std::span<const Tensor> in) { return std::vector{in[0] * in[0]}; }, {ones({2})});
  const Tensor x = from_values({3, 4}).requires_grad(true);
  sum(graph.run({x})[0]).backward();
  EXPECT_EQ(x.grad().values(), (std::vector<double>{6, 8}));
}

}  // namespace
}  // namespace argent::tensor
