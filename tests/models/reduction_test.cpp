#include "models/tensor/ops/reduction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "models/runtime/context.h"
#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"
#include "tests/models/error_text.h"

namespace argent::tensor {
namespace {

using Values = std::vector<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

Tensor leaf(const Values& values, const Dims& shape) { return from_values(values, shape, DType::kF64).requires_grad(true); }
Values gradient(const Tensor& of, const Tensor& x) { return gradients(sum(of), {x})[0].values(); }

TEST(Reduction, AxesGoOrStay) {
  const Tensor x = arange(24, DType::kF32).view({2, 3, 4});
  EXPECT_EQ(sum(x, {-1, 0}).shape(), (Dims{3}));
  EXPECT_EQ(sum(x, {-1, 0}, Keep::kYes).shape(), (Dims{1, 3, 1}));
  EXPECT_EQ(sum(x, {0, 2}).values(), (Values{60, 92, 124}));
  EXPECT_EQ(sum(x).item(), 276);
  const std::string text = error_text([&] { max(x, {3}); });
  EXPECT_NE(text.find("max: axis 3 of a tensor of rank 3 (reduction_test.cpp:"), std::string::npos) << text;
  EXPECT_NE(error_text([&] { mean(x, {0, -3}); }).find("mean: axis -3 named twice"), std::string::npos);
}

TEST(Reduction, TypesOfResults) {
  const Tensor bytes = from_values({200, 100, 0}, DType::kU8);
  EXPECT_EQ(sum(bytes).dtype(), DType::kI64);
  EXPECT_EQ(sum(bytes).item_integer(), 300);
  EXPECT_EQ(prod(bytes.slice(0, 0, 2)).item_integer(), 20000);
  EXPECT_EQ(mean(bytes).dtype(), DType::kF32);
  EXPECT_EQ(mean(bytes).item(), 100);
  EXPECT_EQ(max(bytes).dtype(), DType::kU8);
  EXPECT_EQ(any(bytes).dtype(), DType::kBool);
  EXPECT_EQ(argmin(bytes).item_integer(), 2);
  EXPECT_EQ(sum(ones({70000}, DType::kF16) * 0.5).item(), 35008);  // rounded once, at the end
  EXPECT_EQ(mean(full({70000}, 2, DType::kF16)).item(), 2);        // and does not overflow on the way
}

TEST(Reduction, OfNothing) {
  const Tensor x = zeros({0, 3});
  EXPECT_EQ(sum(x, {0}).values(), (Values{0, 0, 0}));
  EXPECT_EQ(prod(x, {0}).values(), (Values{1, 1, 1}));
  EXPECT_TRUE(std::isnan(mean(x).item()));
  EXPECT_EQ(all(x).item(), 1);
  EXPECT_EQ(any(x).item(), 0);
  EXPECT_EQ(logsumexp(x).item(), -kInfinity);
  EXPECT_EQ(max(x, {1}).shape(), (Dims{0}));
  EXPECT_NE(error_text([&] { max(x, {0}); }).find("max: of no elements: a tensor of shape 0x3"), std::string::npos);
  EXPECT_NE(error_text([&] { argmin(x, 0); }).find("argmin: of no elements"), std::string::npos);
}

TEST(Reduction, NanWinsAndTheFirstIsNamed) {
  const Tensor x = from_values({1, kNan, 5, kNan}, DType::kF32);
  EXPECT_TRUE(std::isnan(max(x).item()));
  EXPECT_TRUE(std::isnan(min(x).item()));
  EXPECT_EQ(argmax(x).item_integer(), 1);
  EXPECT_EQ(argmin(x).item_integer(), 1);
  EXPECT_EQ(nansum(x).item(), 6);
  EXPECT_EQ(nanmean(x).item(), 3);
  Values many(100, 7.0);
  EXPECT_EQ(argmax(from_values(many, {100})).item_integer(), 0);
  many[37] = many[61] = 9;
  EXPECT_EQ(argmax(from_values(many, {100})).item_integer(), 37);
  EXPECT_EQ(argmax(full({3}, -kInfinity)).item_integer(), 0);
  EXPECT_EQ(max(full({3}, -kInfinity)).item(), -kInfinity);
}

TEST(Reduction, EqualOnesShareTheGradientOrTheFirstTakesIt) {
  const Tensor x = leaf({3, 1, 3, 2}, {4});
  EXPECT_EQ(gradient(max(x), x), (Values{0.5, 0, 0.5, 0}));
  EXPECT_EQ(gradient(max_with_index(x, 0).values, x), (Values{1, 0, 0, 0}));
  EXPECT_EQ(min_with_index(x, 0, Keep::kYes).indices.values(), (Values{1}));
}

TEST(Reduction, ProductsBesideZeros) {
  const Tensor x = leaf({2, 0, 3, 0, 0, 5, 4, 1, 2}, {3, 3});
  EXPECT_EQ(gradient(prod(x, {1}), x), (Values{0, 6, 0, 0, 0, 0, 2, 8, 4}));
  EXPECT_EQ(prod(x, {0}).values(), (Values{0, 0, 30}));
  // Second derivatives: of x0 x1 x2 at (2, 0, 3).
  const Tensor y = leaf({2, 0, 3}, {3});
  const Tensor first = gradients(prod(y), {y}, SecondOrder::kYes)[0];
  EXPECT_EQ(first.values(), (Values{0, 6, 0}));
  EXPECT_EQ(gradient(first, y), (Values{3, 5, 2}));
}

TEST(Reduction, SpreadAndLength) {
  const Tensor x = leaf({1, 2, 3, 6}, {4});
  EXPECT_DOUBLE_EQ(variance(x).item(), 14.0 / 3);
  EXPECT_DOUBLE_EQ(variance(x, {}, 0).item(), 3.5);
  EXPECT_DOUBLE_EQ(standard_deviation(x, {}, 0).item(), std::sqrt(3.5));
  EXPECT_TRUE(std::isnan(variance(x, {}, 4).item()) || std::isinf(variance(x, {}, 4).item()));
  const Tensor same = leaf({2, 2}, {2});
  EXPECT_EQ(gradient(standard_deviation(same), same), (Values{0, 0}));
  // Far from zero: in f32 the square of the mean would leave nothing.
  EXPECT_FLOAT_EQ(static_cast<float>(variance(from_values({10000.25, 10000.5, 10000.75})).item()), 0.0625F);

  EXPECT_EQ(norm(from_values({3, -4})).item(), 5);
  EXPECT_EQ(norm(from_values({3, -4}), 1).item(), 7);
  EXPECT_EQ(norm(from_values({3, -4}), kInfinity).item(), 4);
  EXPECT_EQ(norm(from_values({3, -4}), -kInfinity).item(), 3);
  EXPECT_EQ(norm(from_values({3, 0, -4}), 0).item(), 2);
  EXPECT_FLOAT_EQ(static_cast<float>(norm(from_values({3e30, -4e30})).item()), 5e30F);
  const Tensor origin = leaf({0, 0}, {2});
  for (const double p : {1.0, 1.5, 2.0, 3.0}) EXPECT_EQ(gradient(norm(origin, p), origin), (Values{0, 0})) << p;
}

TEST(Reduction, LogOfSumsOfExponentials) {
  EXPECT_DOUBLE_EQ(logsumexp(leaf({1000, 1000}, {2})).item(), 1000 + std::log(2.0));
  EXPECT_DOUBLE_EQ(logsumexp(leaf({-1000, -1001}, {2})).item(), -1000 + std::log1p(std::exp(-1.0)));
  EXPECT_EQ(logsumexp(full({3}, -kInfinity)).item(), -kInfinity);
  EXPECT_EQ(logsumexp(from_values({kInfinity, 1})).item(), kInfinity);
  EXPECT_TRUE(std::isnan(logsumexp(from_values({kNan, 1})).item()));
  const Tensor x = leaf({1000, 1000}, {2});
  EXPECT_EQ(gradient(logsumexp(x), x), (Values{0.5, 0.5}));
}

TEST(Reduction, TheSameBitsForAnyThreadsAndOfAnyLayout) {
  const Tensor x = sin(arange(3 * 40 * 50 * 60, DType::kF64)).view({3, 40, 50, 60});
  Context one(1), two(2);
  for (const Dims& axes : {Dims{}, Dims{0, 2, 3}, Dims{1}, Dims{3}, Dims{0}}) {
    for (const Tensor& y : {x, x.channels_last(), x.permute({3, 1, 0, 2})}) {
      const auto in = [&](Context& context) {
        const ContextScope scope(context);
        return sum(y, axes).values();
      };
      EXPECT_EQ(in(one), in(two));
    }
    const Values a = sum(x, axes).values(), b = sum(x.channels_last(), axes).values();
    for (std::size_t i = 0; i < a.size(); i++) EXPECT_NEAR(a[i], b[i], 1e-11);
    EXPECT_EQ(max(x, axes).values(), max(x.channels_last(), axes).values());
  }
  EXPECT_EQ(sum(x, {1}).values(), sum(x.permute({0, 2, 3, 1}).contiguous(), {3}).values());
}

/// A view of distinct whole numbers on strides of any kind: permuted, cut, every other, repeated.
Tensor random_view(std::mt19937& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  Dims shape, axes;
  const int rank = 1 + below(4);
  for (int i = 0; i < rank; i++) shape.push_back(1 + below(below(6) == 0 ? 90 : 7)), axes.push_back(i);
  std::shuffle(axes.begin(), axes.end(), random);
  Tensor x = remainder(arange(shape.count(), DType::kF64) * 7919, 10007).view(shape).permute(axes);
  if (below(2) == 0) x = x.slice(below(rank), below(2), 80, 1 + below(2));
  if (below(4) == 0) {
    const int axis = below(rank);
    Dims repeated = x.shape();
    repeated[axis] = 3;
    if (x.count() > 0) x = x.slice(axis, 0, 1).expand(repeated);
  }
  return x;
}

TEST(Reduction, AnyStridesAndAxesAreThoseOfPlainLoops) {
  std::mt19937 random(7);
  for (int round = 0; round < 400; round++) {
    const Tensor x = random_view(random);
    Dims axes, kept;
    for (int i = 0; i < x.rank(); i++) (random() % 2 == 0 ? axes : kept).push_back(i);
    if (axes.empty() || x.count() == 0) continue;
    Dims order = kept, sizes;
    for (std::int64_t axis : kept) sizes.push_back(x.shape()[static_cast<int>(axis)]);
    for (std::int64_t axis : axes) order.push_back(axis);
    const Values values = x.permute(order).values();
    const auto outputs = static_cast<std::size_t>(sizes.count()), each = values.size() / outputs;
    Values sums, largest, places;
    for (std::size_t o = 0; o < outputs; o++) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(o * each), end = begin + static_cast<std::ptrdiff_t>(each);
      sums.push_back(std::accumulate(begin, end, 0.0));
      largest.push_back(*std::max_element(begin, end));
      places.push_back(static_cast<double>(std::max_element(begin, end) - begin));
    }
    EXPECT_EQ(sum(x, axes).values(), sums) << to_text(x.shape()) << " over " << to_text(axes);
    EXPECT_EQ(max(x, axes).values(), largest);
    if (axes.size() == 1) {
      EXPECT_EQ(argmax(x, static_cast<int>(axes[0])).values(), places);
    }
  }
}

TEST(Reduction, LongOnesAreTakenInPieces) {
  const Tensor x = arange(3 * 70000, DType::kF64);
  EXPECT_EQ(sum(x.view({70000, 3}), {0}).values(), (Values{7349895000, 7349965000, 7350035000}));
  EXPECT_EQ(sum(x.view({3, 70000}), {1}).values(), (Values{2449965000, 7349965000, 12249965000}));
  EXPECT_EQ(argmax(remainder(x, 65000).view({70000, 3}), 0).values(), (Values{43333, 21666, 64999}));
}

TEST(Scan, RunningSumsProductsAndExtremes) {
  const Tensor x = leaf({1, 2, 3, 4}, {4});
  EXPECT_EQ(cumsum(x, 0).values(), (Values{1, 3, 6, 10}));
  EXPECT_EQ(cumsum(x, 0, Direction::kBackward).values(), (Values{10, 9, 7, 4}));
  EXPECT_EQ(cumsum(from_values({200, 100}, DType::kU8), -1).values(), (Values{200, 300}));
  EXPECT_EQ(gradient(cumsum(x, 0), x), (Values{4, 3, 2, 1}));
  EXPECT_EQ(cumprod(x, 0).values(), (Values{1, 2, 6, 24}));
  const Tensor zero = leaf({2, 0, 3, 0}, {4});
  EXPECT_EQ(gradient(cumprod(zero, 0), zero), (Values{1, 8, 0, 0}));
  EXPECT_EQ(linear_scan(0.5, from_values({4, 4, 4}), 0).values(), (Values{4, 6, 7}));
  EXPECT_EQ(linear_scan(0.5, from_values({4, 4, 4}), 0, Direction::kBackward).values(), (Values{7, 6, 4}));
  const auto [largest, where_largest] = cummax(from_values({1, 3, 2, 3, kNan, 9}), 0);
  EXPECT_EQ(where_largest.values(), (Values{0, 1, 1, 3, 4, 4}));
  EXPECT_TRUE(std::isnan(largest.values()[5]));
  EXPECT_EQ(cummin(from_values({3, 1, 2}), 0).values.values(), (Values{3, 1, 1}));
  EXPECT_EQ(cumsum(full({}, 3), 0).item(), 3);
}

TEST(Scan, LogsOfRunningSumsOfExponentials) {
  const Tensor x = leaf({-kInfinity, -2000, 1000, 1000}, {4});
  const Values y = logcumsumexp(x, 0).values();
  EXPECT_EQ(y[0], -kInfinity);
  EXPECT_EQ(y[1], -2000);
  EXPECT_DOUBLE_EQ(y[3], 1000 + std::log(2.0));
  const Values slope = gradient(logcumsumexp(x, 0), x), expected{0, 1, 1.5, 0.5};
  for (std::size_t i = 0; i < slope.size(); i++) EXPECT_NEAR(slope[i], expected[i], 1e-12);
}

}  // namespace
}  // namespace argent::tensor
