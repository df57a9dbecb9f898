// Random numbers: the generator's published vectors, the distributions, and that nothing but key, counter and index matters.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "models/kernels/philox.h"
#include "models/runtime/context.h"
#include "models/tensor/graph.h"
#include "tests/models/gradient_check.h"

namespace argent::tensor {
namespace {

// Random123's kat_vectors, philox4x32 10.
TEST(Philox, KnownAnswers) {
  using Words = std::array<std::uint32_t, 4>;
  EXPECT_EQ(kernels::philox(0, 0, 0), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(kernels::philox(~0ULL, ~0ULL, ~0ULL), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(kernels::philox(0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

/// Kolmogorov and Smirnov: the largest distance between the share of numbers below each one and its probability, times sqrt(n). 1.95
/// is passed once in 1000.
template <class Probability>
double distance(std::vector<double> values, Probability&& probability) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double largest = 0;
  for (std::size_t i = 0; i < values.size(); i++) {
    const double p = probability(values[i]);
    largest = std::max({largest, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  return largest * std::sqrt(n);
}

void expect_moments(const std::vector<double>& values, double mean, double variance) {
  double sum = 0, squares = 0;
  for (double value : values) sum += value, squares += (value - mean) * (value - mean);
  const auto n = static_cast<double>(values.size());
  EXPECT_NEAR(sum / n, mean, 4 * std::sqrt(variance / n));
  EXPECT_NEAR(squares / n, variance, 8 * variance / std::sqrt(n));
}

constexpr std::int64_t kMany = 200000;

TEST(Random, HasItsDistributions) {
  Generator generator(7);
  for (const DType type : {DType::kF32, DType::kF64}) {
    const std::vector<double> u = uniform(generator, {kMany}, 0, 1, type).values(), z = normal(generator, {kMany}, 0, 1, type).values();
    EXPECT_LT(distance(u, [](double x) { return x; }), 1.95);
    EXPECT_LT(distance(z, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }), 1.95);
    expect_moments(u, 0.5, 1.0 / 12);
    expect_moments(z, 0, 1);
    EXPECT_LT(*std::max_element(u.begin(), u.end()), 1);
    EXPECT_GE(*std::min_element(u.begin(), u.end()), 0);
    double products = 0;  // neighbors know nothing of each other
    for (std::size_t i = 1; i < z.size(); i++) products += z[i] * z[i - 1];
    EXPECT_NEAR(products / kMany, 0, 4 / std::sqrt(static_cast<double>(kMany)));
  }
  expect_moments(uniform(generator, {kMany}, -2, 4).values(), 1, 3);
  expect_moments(normal(generator, {kMany}, 3, 0.5).values(), 3, 0.25);
  expect_moments(bernoulli(generator, full({kMany}, 0.3)).values(), 0.3, 0.21);
  expect_moments(integers(generator, {kMany}, -2, 7).values(), 2, (81 - 1) / 12.0);
  for (const DType type : {DType::kF16, DType::kBF16}) {
    const std::vector<double> u = uniform(generator, {kMany}, 0, 1, type).values();
    EXPECT_LT(*std::max_element(u.begin(), u.end()), 1);
    EXPECT_NEAR(std::accumulate(u.begin(), u.end(), 0.0) / kMany, 0.5, 0.004);
  }
}

TEST(Random, IsAFunctionOfKeyCounterAndIndex) {
  const auto drawn = [](std::uint64_t key, std::uint64_t counter, const Dims& shape) {
    Generator generator(key, counter);
    return uniform(generator, shape).values();
  };
  const std::vector<double> all = drawn(3, 5, {100000});
  std::vector<double> first = drawn(3, 5, {10, 7});
  EXPECT_TRUE(std::equal(first.begin(), first.end(), all.begin()));
  EXPECT_NE(drawn(3, 6, {70}), first);
  EXPECT_NE(drawn(4, 5, {70}), first);
  Context two(2);
  const ContextScope scope(two);
  EXPECT_EQ(drawn(3, 5, {100000}), all);
  Generator goes_on(3, 4);
  uniform(goes_on, {1});
  EXPECT_EQ(uniform(goes_on, {10, 7}).values(), first);
  EXPECT_EQ(goes_on.state().values(), (std::vector<double>{3, 6}));
}

TEST(Random, AGraphDrawsAsItsInputSays) {
  const auto function = [](std::span<const Tensor> in) {
    Generator generator(in[0].clone());
    return std::vector{dropout(in[1], 0.5, generator), normal(generator, {3}), generator.state()};
  };
  const Tensor x = ones({20}), one = Generator(1, 1).state(), other = Generator(1, 100).state();
  const Graph graph = trace(function, {one, x});
  for (const Tensor& state : {one, other}) {
    const std::vector<Tensor> given = {state, x};
    const std::vector<Tensor> eager = function(given), replayed = graph.run(given);
    for (std::size_t i = 0; i < eager.size(); i++) EXPECT_EQ(eager[i].values(), replayed[i].values());
  }
  EXPECT_NE(graph.run({one, x})[0].values(), graph.run({other, x})[0].values());
}

TEST(Random, AGraphGoesOnAsTheProgramWould) {
  Generator drawn(9), traced(9);
  const Tensor x = ones({20});
  const Graph graph = trace([&](std::span<const Tensor> in) { return std::vector{dropout(in[0], 0.5, traced)}; }, {x});
  dropout(x, 0.5, drawn);  // what was drawn while the graph was recorded
  for (int i = 0; i < 3; i++) EXPECT_EQ(graph.run({x})[0].values(), dropout(x, 0.5, drawn).values());
}

TEST(Random, PermutationHasEachNumberOnce) {
  Generator generator(11);
  std::vector<int> firsts(5);
  for (int i = 0; i < 5000; i++) {
    std::vector<double> order = permutation(generator, 5).values();
    firsts[static_cast<std::size_t>(order[0])]++;
    std::sort(order.begin(), order.end());
    ASSERT_EQ(order, (std::vector<double>{0, 1, 2, 3, 4}));
  }
  for (int count : firsts) EXPECT_NEAR(count, 1000, 130);
  EXPECT_EQ(permutation(generator, 0).count(), 0);
}

TEST(Dropout, KeepsTheMeanAndPassesGradientsOfWhatIsKept) {
  Generator generator(5);
  Tensor x = ones({kMany});
  x.requires_grad(true);
  const Tensor y = dropout(x, 0.25, generator);
  sum(y).backward();
  EXPECT_EQ(x.grad().values(), y.values());
  expect_moments(y.values(), 1, 1 / 0.75 - 1);
  EXPECT_EQ(dropout(x.detach().to(DType::kF16), 0.25, generator).dtype(), DType::kF16);
  expect_error([&] { dropout(x, 1, generator); }, "expected at least 0 and below 1");
  expect_error([&] { integers(generator, {3}, 5, 5); }, "integers: from 5 to 5");
  expect_error([&] { uniform(generator, {3, -1}); }, "random_uniform: numbers of shape");
  expect_error([&] { uniform(generator, {1 << 20, 1 << 20}); }, "random_uniform: numbers of shape");
  expect_error([&] { Generator{ones({2})}; }, "generator: a state of type f32");
}

}  // namespace
}  // namespace argent::tensor
