#include "models/tensor/autograd.h"

#include <gtest/gtest.h>

#include "models/tensor/apply.h"
#include "models/tensor/ops.h"
#include "tests/models/error_text.h"

namespace argent::tensor {
namespace {

Tensor leaf(std::initializer_list<double> values) { return from_values(values, DType::kF64).requires_grad(true); }

TEST(Autograd, AWriteThroughAViewIsInTheGradient) {
  const Tensor x = leaf({1, 2, 3, 4});
  Tensor y = x * 2;
  y.slice(0, 1, 3) += 1;
  Tensor tail = y.slice(0, 2, 4);
  tail *= 3;
  sum(y * y).backward();
  EXPECT_EQ(x.grad().values(), (std::vector<double>{8, 20, 252, 288}));
}

TEST(Autograd, AnOlderViewSeesALaterWrite) {
  const Tensor x = leaf({1, 2, 3});
  Tensor y = x * 1;
  const Tensor view = y.slice(0, 0, 2);
  y *= 3;
  sum(view).backward();
  EXPECT_EQ(x.grad().values(), (std::vector<double>{3, 3, 0}));
}

TEST(Autograd, WhatWasWrittenSinceIsAnError) {
  const Tensor x = leaf({1, 2});
  Tensor y = x * x;
  const Tensor z = sum(y * y);
  y += 1;
  EXPECT_NE(error_text([&] { z.backward(); }).find("was written since: version 1, was 0"), std::string::npos);
  Tensor other = x * x;
  const Tensor w = sum(exp(other.detach() * x));
  other.detach() += 1;  // shares the counter
  EXPECT_NE(error_text([&] { w.backward(); }).find("was written since"), std::string::npos);
}

TEST(Autograd, LeavesAreNotWrittenButWithoutGradients) {
  Tensor x = leaf({1, 2});
  EXPECT_NE(error_text([&] { x += 1; }).find("a leaf that requires a gradient"), std::string::npos);
  EXPECT_NE(error_text([&] { x.slice(0, 0, 1) += 1; }).find("a leaf that requires a gradient"), std::string::npos);
  const NoGrad off;
  x += 1;
  EXPECT_EQ(x.values(), (std::vector<double>{2, 3}));
  EXPECT_TRUE(x.is_leaf());
}

TEST(Autograd, AChainOfAnyLengthTakesNoStack) {
  const Tensor x = leaf({1});
  Tensor y = x;
  for (int i = 0; i < 200'000; i++) y = y + x;
  sum(y).backward();
  EXPECT_EQ(x.grad().item(), 200'001);
}

TEST(Autograd, GradientsOfGradients) {
  const Tensor x = leaf({0.5, 2});
  const Tensor first = gradients(sum(x * x * x), {x}, SecondOrder::kYes)[0];
  const Tensor second = gradients(sum(first), {x}, SecondOrder::kYes)[0];
  const Tensor third = gradients(sum(second), {x})[0];
  EXPECT_EQ(second.values(), (std::vector<double>{3, 12}));
  EXPECT_EQ(third.values(), (std::vector<double>{6, 6}));
  EXPECT_FALSE(x.grad().defined());
}

TEST(Autograd, GradientsOfWhatIsNoLeaf) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 3;
  const std::vector<Tensor> found = gradients(sum(y * y), {y, x, leaf({5})});
  EXPECT_EQ(found[0].values(), (std::vector<double>{6, 12}));
  EXPECT_EQ(found[1].values(), (std::vector<double>{18, 36}));
  EXPECT_FALSE(found[2].defined());
}

TEST(Autograd, HooksSeeAndChangeGradients) {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 3;
  std::vector<double> seen;
  y.on_gradient([&](const Tensor& gradient) {
    seen = gradient.values();
    return gradient * 2;
  });
  x.on_gradient([](const Tensor& gradient) { return gradient + 1; });
  sum(y).backward();
  EXPECT_EQ(seen, (std::vector<double>{1, 1}));
  EXPECT_EQ(x.grad().values(), (std::vector<double>{7, 7}));
}

TEST(Autograd, CollectsIntoFlatStorage) {
  const Tensor a = leaf({1, 2}), b = leaf({3});
  const std::vector<Tensor> list{b, a};
  Tensor flat = zeros({3}, DType::kF64);
  std::vector<int> order;
  const BackwardOptions options{.leaves = list, .flat = flat, .on_leaf = [&](int index, const Tensor&) { order.push_back(index); }};
  for (int i = 0; i < 2; i++) {
    const Tensor loss = sum(a * a * b);
    backward(std::span(&loss, 1), {}, options);
  }
  EXPECT_EQ(flat.values(), (std::vector<double>{10, 12, 24}));
  EXPECT_FALSE(a.grad().defined());
  EXPECT_EQ(order.size(), 4U);
}

TEST(Autograd, ACheckpointGivesTheSameGradient) {
  Tensor x = leaf({0.3, 0.7}), weight = leaf({1.5, -2});
  int runs = 0;
  const auto block = [&](std::span<const Tensor> in) {
    runs++;
    return std::vector{sin(in[0] * weight) * in[0]};
  };
  sum(block(std::span(&x, 1))[0]).backward();
  const std::vector<double> expected = x.grad().values(), expected_weight = weight.grad().values();
  x.set_grad({});
  weight.set_grad({});
  runs = 0;
  const Tensor through = x * 1;
  sum(checkpoint(block, std::span(&through, 1))[0]).backward();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(x.grad().values(), expected);
  EXPECT_EQ(weight.grad().values(), expected_weight);
}

TEST(Autograd, ErrorsOfAGradientNameTheForwardLine) {
  const Tensor x = leaf({0, 1});
  const Tensor y = sum(sqrt(x));
  const int line = __LINE__ - 1;
  const FiniteCheck check;
  const std::string text = error_text([&] { y.backward(); });
  EXPECT_NE(text.find("(autograd_test.cpp:" + std::to_string(line) + ")"), std::string::npos) << text;
}

TEST(Autograd, NothingIsRecordedWhenOff) {
  const Tensor x = leaf({1});
  const NoGrad off;
  EXPECT_FALSE((x * 2).requires_grad());
  {
    const GradientMode on(true);
    EXPECT_TRUE((x * 2).requires_grad());
  }
  EXPECT_FALSE((x * 2).requires_grad());
}

TEST(Autograd, GradientsOfLeavesShareNothing) {
  const Tensor a = leaf({1, 2}), b = leaf({3, 4});
  sum(a + b).backward();
  Tensor gradient = a.grad();
  gradient *= 0;
  EXPECT_EQ(b.grad().values(), (std::vector<double>{1, 1}));
}

}  // namespace
}  // namespace argent::tensor
