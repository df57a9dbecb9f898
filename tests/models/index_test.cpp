#include "models/tensor/ops/index.h"

#include <gtest/gtest.h>

#include "models/tensor/apply.h"
#include "models/tensor/autograd.h"
#include "models/tensor/graph.h"
#include "models/tensor/ops.h"
#include "tests/models/error_text.h"

namespace argent::tensor {
namespace {

using Values = std::vector<double>;

Tensor indices(const Values& values, const Dims& shape, DType type = DType::kI64) { return from_values(values, shape, type); }
Tensor indices(std::initializer_list<double> values) { return from_values(values, DType::kI64); }
Tensor mask(const Values& values, const Dims& shape) { return from_values(values, shape, DType::kBool); }
/// 0, 1, 2 ... of shape 3 x 4, a leaf.
Tensor table() { return arange(12, DType::kF64).view({3, 4}).detach().requires_grad(true); }
Values gradient(const Tensor& of, const Tensor& x) { return gradients(sum(of), {x})[0].values(); }

TEST(Index, GatherAndScatter) {
  const Tensor x = table(), at = indices({0, -1, 3, 0}, {2, 2}, DType::kI32);
  EXPECT_EQ(gather(x, 1, at).values(), (Values{0, 3, 7, 4}));
  EXPECT_EQ(gradient(gather(x, 1, indices({2, 2, 2}, {1, 3})), x), (Values{0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(scatter(zeros({2, 3}), 1, indices({2, 0}, {2, 1}), 5).values(), (Values{0, 0, 5, 5, 0, 0}));
  EXPECT_EQ(scatter_add(ones({3}), 0, indices({1, 1, -1}), from_values({10, 20, 30})).values(), (Values{1, 31, 31}));
}

TEST(Index, SumsOfBoolsAreOr) {
  EXPECT_EQ(scatter_add(mask({0, 0, 1}, {3}), 0, indices({1, 1}), mask({1, 1}, {2})).values(), (Values{0, 1, 1}));
}

TEST(Index, WhatWasWrittenOverHasNoGradient) {
  const Tensor base = ones({2}, DType::kF64).requires_grad(true), source = from_values({5, 6, 7}, DType::kF64).requires_grad(true);
  const Tensor y = scatter(base, 0, indices({1, 1, 1}), source);
  EXPECT_EQ(y.values(), (Values{1, 7}));
  const std::vector<Tensor> found = gradients(sum(y), {base, source});
  EXPECT_EQ(found[0].values(), (Values{1, 0}));
  EXPECT_EQ(found[1].values(), (Values{0, 0, 1}));
}

TEST(Index, ManySmallOnesAreAddedWithoutLoss) {
  const Tensor at = zeros({100'000}, DType::kI64);
  EXPECT_EQ(scatter_add(zeros({1}), 0, at, full({100'000}, 0.1)).item(), static_cast<float>(100'000.0 * 0.1F));
  EXPECT_EQ(index_add(zeros({1}, DType::kF16), 0, at.slice(0, 0, 4096), ones({4096}, DType::kF16)).item(), 4096);
}

TEST(Index, OutsideIsAnError) {
  const Tensor x = table();
  const std::string text = error_text([&] { gather(x, 1, indices({4}, {1, 1})); });
  EXPECT_NE(text.find("gather: index 4 of an axis of size 4 (index_test.cpp:"), std::string::npos) << text;
  EXPECT_NE(error_text([&] { scatter_add(x, 0, indices({-4}, {1, 1}), 1); }).find("index -4 of an axis of size 3"), std::string::npos);
  EXPECT_NE(error_text([&] { index_select(x, 0, indices({3})); }).find("index 3 of an axis of size 3"), std::string::npos);
  EXPECT_NE(error_text([&] { index_select(zeros({3, 0}), 0, indices({3})); }).find("index 3 of an axis of size 3"), std::string::npos);
  EXPECT_NE(error_text([&] { index(x, {indices({0}), indices({5})}); }).find("index 5 of an axis of size 4"), std::string::npos);
  EXPECT_NE(error_text([&] { take(x, indices({12})); }).find("index 12 of an axis of size 12"), std::string::npos);
  EXPECT_NE(error_text([&] { one_hot(indices({3}), 3); }).find("index 3 of an axis of size 3"), std::string::npos);
  EXPECT_NE(error_text([&] {
              gather(x, 1, from_values({1}).view({1, 1}));
            }).find("gather: indices of type f32, expected integers"),
            std::string::npos);
  EXPECT_NE(error_text([&] {
              gather(x, 1, indices({0, 0, 0, 0}, {4, 1}));
            }).find("indices of shape 4x1 for a tensor of shape 3x4"),
            std::string::npos);
  EXPECT_NE(error_text([&] { index(x, {mask({1, 0}, {2})}); }).find("index: a mask of shape 2 for axes 3 of 3x4"), std::string::npos);
  EXPECT_NE(error_text([&] {
              index(x, {Tensor(), Tensor(), indices({0})});
            }).find("3 indices for a tensor of shape 3x4"),
            std::string::npos);
}

TEST(Index, OfSeveralAxes) {
  const Tensor x = arange(24, DType::kF64).view({2, 3, 4});
  EXPECT_EQ(index(x, {indices({1, 0}), indices({2, -1})}).values(), (Values{20, 21, 22, 23, 8, 9, 10, 11}));
  EXPECT_EQ(index(x, {indices({1, 0}, {2, 1}), indices({0, 2}), indices({0})}).values(), (Values{12, 20, 0, 8}));
  const Tensor neighbors = index(x, {Tensor(), indices({2, 0}), indices({3, 1})});
  EXPECT_EQ(neighbors.shape(), (Dims{2, 2}));
  EXPECT_EQ(neighbors.values(), (Values{11, 1, 23, 13}));
  const Tensor apart = index(x, {indices({0, 1, 1}), Tensor(), indices({3})});
  EXPECT_EQ(apart.shape(), (Dims{3, 3}));
  EXPECT_EQ(apart.values(), (Values{3, 7, 11, 15, 19, 23, 15, 19, 23}));
}

TEST(Index, OfMasks) {
  const Tensor x = table();
  EXPECT_EQ(index(x, {mask({1, 0, 1}, {3})}).values(), (Values{0, 1, 2, 3, 8, 9, 10, 11}));
  EXPECT_EQ(index(x, {x > 7}).values(), (Values{8, 9, 10, 11}));
  EXPECT_EQ(index(x, {Tensor(), mask({0, 1, 0, 1}, {4})}).values(), (Values{1, 3, 5, 7, 9, 11}));
  EXPECT_EQ(index(x, {mask({0, 0, 0}, {3})}).shape(), (Dims{0, 4}));
  EXPECT_EQ(masked_select(x, mask({1, 0, 0, 1}, {4})).values(), (Values{0, 3, 4, 7, 8, 11}));
  EXPECT_EQ(nonzero(from_values({0, 3, 0, 2})).values(), (Values{1, 3}));
  EXPECT_EQ(nonzero(full({}, 1)).shape(), (Dims{1, 0}));
  EXPECT_EQ(gradient(index(x, {x > 9}), x), (Values{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1}));
}

TEST(Index, WritesAndTheirGradients) {
  const Tensor x = table(), value = from_values({-1, -2}, DType::kF64).requires_grad(true);
  Tensor y = x * 2;
  index_assign(y, {indices({0, 2}), indices({1, 1})}, value);
  EXPECT_EQ(y.values(), (Values{0, -1, 4, 6, 8, 10, 12, 14, 16, -2, 20, 22}));
  const std::vector<Tensor> found = gradients(sum(y * y), {x, value});
  EXPECT_EQ(found[0].values(), (Values{0, 0, 16, 24, 32, 40, 48, 56, 64, 0, 80, 88}));
  EXPECT_EQ(found[1].values(), (Values{-2, -4}));
}

TEST(Index, WritesThroughAView) {
  const Tensor x = table();
  Tensor y = x * 1;
  mask_assign(y.select(0, 1), mask({1, 0, 0, 1}, {4}), -1);
  index_assign(y.slice(1, 2, 4), {indices({0})}, 9);
  EXPECT_EQ(y.values(), (Values{0, 1, 9, 9, -1, 5, 6, -1, 8, 9, 10, 11}));
  EXPECT_EQ(gradient(y, x), (Values{1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1}));
  mask_assign(y, y > 8, from_values({100, 101, 102, 103, 104}, DType::kF64));
  EXPECT_EQ(y.values(), (Values{0, 1, 100, 101, -1, 5, 6, -1, 8, 102, 103, 104}));
}

TEST(Index, SlicesReplacedAndAdded) {
  const Tensor x = table();
  EXPECT_EQ(index_fill(x, 1, indices({0, -1}), 7).select(0, 1).values(), (Values{7, 5, 6, 7}));
  EXPECT_EQ(index_copy(x, 0, indices({2}), from_values({5, 6, 7, 8}, DType::kF64).view({1, 4})).select(0, 2).values(),
            (Values{5, 6, 7, 8}));
  EXPECT_EQ(index_add(x, 0, indices({1, 1}), ones({2, 4}, DType::kF64)).select(0, 1).values(), (Values{6, 7, 8, 9}));
  const Tensor places[] = {indices({1, 1})};
  EXPECT_EQ(index_put(x, places, 1, Meeting::kAdd).select(0, 1).values(), (Values{6, 7, 8, 9}));
  EXPECT_EQ(masked_fill(x, x < 11, 0).values().back(), 11);
  EXPECT_EQ(one_hot(indices({2, 0}), 3).values(), (Values{0, 0, 1, 1, 0, 0}));
}

TEST(Index, Diagonals) {
  const Tensor x = table();
  EXPECT_EQ(diagonal(x).values(), (Values{0, 5, 10}));
  EXPECT_TRUE(diagonal(x, 1).shares_storage_with(x));
  EXPECT_EQ(diagonal(x, -1).values(), (Values{4, 9}));
  EXPECT_EQ(diagonal(x, 4).count(), 0);
  EXPECT_EQ(diag(from_values({1, 2}), 1).values(), (Values{0, 1, 0, 0, 0, 2, 0, 0, 0}));
  EXPECT_EQ(matrix_trace(x).item(), 15);
  EXPECT_EQ(gradient(matrix_trace(x), x), (Values{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(tril(x, -1).values(), (Values{0, 0, 0, 0, 4, 0, 0, 0, 8, 9, 0, 0}));
  EXPECT_EQ(triu(x, 1).values(), (Values{0, 1, 2, 3, 0, 0, 6, 7, 0, 0, 0, 11}));
}

TEST(Index, AGraphHoldsIndicesButNoShapesOfValues) {
  const Tensor x = table().detach(), at = indices({1, -1});
  const auto pick = [&](std::span<const Tensor> in) { return std::vector{index(in[0], {in[1], Tensor()})}; };
  const Graph graph = trace(pick, {x, at});
  EXPECT_EQ(graph.run({x * 2, indices({0, 1})})[0].values(), (Values{0, 2, 4, 6, 8, 10, 12, 14}));
  EXPECT_NE(error_text([&] { graph.run({x, indices({0, 3})}); }).find("index 3 of an axis of size 3"), std::string::npos);
  EXPECT_NE(error_text([&] {
              trace([&](std::span<const Tensor> in) { return std::vector{nonzero(in[0])}; }, {x});
            }).find("which a graph can't hold"),
            std::string::npos);
}

}  // namespace
}  // namespace argent::tensor
