#include "models/tensor/ops/sort.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"
#include "tests/models/error_text.h"

namespace argent::tensor {
namespace {

using Values = std::vector<double>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN(), kInfinity = std::numeric_limits<double>::infinity();

TEST(Sort, BothOrdersKeepWhatIsEqualInPlace) {
  const Tensor x = from_values({2, 1, 2, 0, 1});
  EXPECT_EQ(sort(x).values.values(), (Values{0, 1, 1, 2, 2}));
  EXPECT_EQ(sort(x).indices.values(), (Values{3, 1, 4, 0, 2}));
  EXPECT_EQ(argsort(x, 0, Order::kDescending).values(), (Values{0, 2, 1, 4, 3}));
  EXPECT_EQ(sort(zeros({3, 0}), 0).values.shape(), (Dims{3, 0}));
  EXPECT_EQ(sort(full({}, 4)).indices.item(), 0);
}

TEST(Sort, NanIsTheLargest) {
  const Tensor x = from_values({kNan, 1, kInfinity, kNan, -1});
  EXPECT_EQ(argsort(x).values(), (Values{4, 1, 2, 0, 3}));
  EXPECT_EQ(argsort(x, 0, Order::kDescending).values(), (Values{0, 3, 2, 1, 4}));
  EXPECT_TRUE(std::isnan(topk(x, 1).values.item()));
  EXPECT_TRUE(std::isnan(median(x).item()));
  EXPECT_EQ(median(x, 0).indices.item(), 3);
  EXPECT_TRUE(std::isnan(quantile(x, 0).item()));
  EXPECT_EQ(kthvalue(x, 3).values.item(), kInfinity);
}

TEST(Sort, GradientsGoWhereTheNumbersCameFrom) {
  const Tensor x = from_values({3, 1, 2}, DType::kF64).requires_grad(true);
  const Tensor weights = from_values({10, 20, 30}, DType::kF64);
  EXPECT_EQ(gradients(sum(sort(x).values * weights), {x})[0].values(), (Values{30, 10, 20}));
  EXPECT_EQ(gradients(topk(x, 1).values, {x})[0].values(), (Values{1, 0, 0}));
  EXPECT_EQ(gradients(median(x), {x})[0].values(), (Values{0, 0, 1}));
  EXPECT_EQ(gradients(quantile(x, 0.25), {x})[0].values(), (Values{0, 0.5, 0.5}));
}

TEST(Sort, TheFirstOfManyAreThoseOfTheWholeOrder) {
  const Tensor x = remainder(arange(400) * 7919, 97).view({2, 200});
  for (const Order order : {Order::kAscending, Order::kDescending}) {
    const ValuesAndIndices all = sort(x, 1, order);
    for (const std::int64_t k : {0, 1, 7, 199, 200}) {
      const ValuesAndIndices first = topk(x, k, 1, order);
      EXPECT_EQ(first.values.values(), all.values.slice(1, 0, k).values());
      EXPECT_EQ(first.indices.values(), all.indices.slice(1, 0, k).values());
    }
  }
  EXPECT_NE(error_text([&] { topk(x, 201, 1); }).find("topk: the first 201 of an axis of size 200 (sort_test.cpp:"), std::string::npos);
  EXPECT_NE(error_text([&] { kthvalue(x, 0, 1); }).find("kthvalue: number 0 of an axis of size 200"), std::string::npos);
}

TEST(Sort, MediansAndQuantiles) {
  const Tensor x = from_values({4, 1, 3, 2});
  EXPECT_EQ(median(x).item(), 2);  // the lower of the two
  EXPECT_EQ(quantile(x, 0.5).item(), 2.5);
  EXPECT_EQ(quantile(x, 1).item(), 4);
  EXPECT_EQ(quantile(from_values({1, kInfinity}), 0).item(), 1);
  EXPECT_EQ(median(x.view({2, 2}), 0, Keep::kYes).values.shape(), (Dims{1, 2}));
  EXPECT_NE(error_text([&] { quantile(x, 1.5); }).find("quantile: q = 1.5"), std::string::npos);
  EXPECT_NE(error_text([&] { median(zeros({0}), 0); }).find("median: of no elements"), std::string::npos);
}

TEST(Sort, PlacesAmongSortedNumbers) {
  const Tensor edges = from_values({1, 2, 2, 3});
  EXPECT_EQ(bucketize(from_values({0, 1, 2, 2.5, 9, kNan}), edges).values(), (Values{0, 0, 1, 3, 4, 4}));
  EXPECT_EQ(bucketize(from_values({0, 1, 2, 2.5, 9, kNan}), edges, Insert::kBehind).values(), (Values{0, 1, 3, 3, 4, 4}));
  const Tensor rows = from_values(Values{0, 1, 2, 10, 11, 12}, {2, 3});
  EXPECT_EQ(searchsorted(rows, from_values(Values{1.5, 1.5}, {2, 1})).values(), (Values{2, 0}));
  EXPECT_EQ(searchsorted(edges, 2.5).item(), 3);
}

}  // namespace
}  // namespace argent::tensor
