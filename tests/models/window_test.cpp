// Pools and resizing: layouts, what does not fit, numbers worked out by hand. Their rows are in op_rows_test.cpp.
#include <gtest/gtest.h>

#include <cmath>

#include "models/tensor/apply.h"
#include "models/tensor/ops.h"

namespace argent::tensor {
namespace {

Tensor counting(const Dims& shape) { return arange(shape.count(), DType::kF32).view(shape); }

using Values = std::vector<double>;

TEST(Pool, TheLargestAndWhereItWas) {
  const auto [values, indices] = max_pool_with_indices(counting({1, 1, 4, 5}), {.kernel = {2}});
  EXPECT_EQ(values.values(), (Values{6, 8, 16, 18}));
  EXPECT_EQ(indices.values(), (Values{6, 8, 16, 18}));
  EXPECT_EQ(max_unpool(values, indices, {4, 5}).values()[16], 16);
  EXPECT_EQ(max_pool(counting({1, 4, 5}), {.kernel = {2, 2}, .rounding = Rounding::kUp}).shape(), (Dims{1, 2, 3}));
}

TEST(Pool, NotANumberWins) {
  Tensor x = counting({1, 1, 4});
  x.mutable_data<float>()[1] = NAN;
  EXPECT_TRUE(std::isnan(max_pool(x, {.kernel = {4}}).item()));
  EXPECT_EQ(max_pool_with_indices(x, {.kernel = {4}}).second.item_integer(), 1);
}

TEST(Pool, MarginsCountOrNot) {
  const Tensor x = ones({1, 1, 2, 2});
  EXPECT_EQ(average_pool(x, {.kernel = {2}, .padding = {1}}).values(), (Values{0.25, 0.25, 0.25, 0.25}));
  EXPECT_EQ(average_pool(x, {.kernel = {2}, .padding = {1}}, CountPadding::kNo).values(), (Values{1, 1, 1, 1}));
  EXPECT_EQ(average_pool(x, {.kernel = {2}}, CountPadding::kYes, 8).item(), 0.5);
}

TEST(Pool, ResultsAreChannelsLast) {
  const Tensor x = counting({2, 3, 5, 7});
  for (const Tensor& y : {max_pool(x, {}), average_pool(x, {}), adaptive_average_pool(x, {2, 3}), adaptive_max_pool(x, {-1, 2})})
    EXPECT_TRUE(y.is_channels_last());
  EXPECT_EQ(global_average_pool(x).shape(), (Dims{2, 3, 1, 1}));
  EXPECT_EQ(global_max_pool(x).values()[0], 34);
}

TEST(Pool, SaysWhatDoesNotFit) {
  EXPECT_THROW(max_pool(zeros({1, 1, 3, 3}), {.kernel = {4}}), OpError);
  EXPECT_THROW(max_pool(zeros({1, 1, 3, 3}), {.kernel = {2}, .padding = {2}}), OpError);
  EXPECT_THROW(max_pool(zeros({1, 1, 3, 3}), {.kernel = {2}, .stride = {0}}), OpError);
  EXPECT_THROW(max_pool(zeros({3, 3}), {.kernel = {2, 2}}), OpError);
  EXPECT_THROW(average_pool(zeros({1, 1, 3}, DType::kI32), {.kernel = {2}}), OpError);
  EXPECT_THROW(max_unpool(zeros({1, 1, 2}), full({1, 1, 2}, 9, DType::kI64), {4}), OpError);
}

TEST(Resize, MeetsTheCornersThatAreAskedFor) {
  const Tensor x = from_values({0, 1}, DType::kF64).view({1, 1, 2});
  EXPECT_EQ(resize(x, {4}).values(), (Values{0, 0.25, 0.75, 1}));
  EXPECT_EQ(resize(x, {3}, {.corners = Corners::kCenters}).values(), (Values{0, 0.5, 1}));
  EXPECT_EQ(resize(x, {4}, {.mode = ResizeMode::kNearest}).values(), (Values{0, 0, 1, 1}));
  EXPECT_EQ(resize(counting({1, 1, 4}), {2}, {.mode = ResizeMode::kArea}).values(), (Values{0.5, 2.5}));
}

TEST(Resize, KeepsChannelsLast) {
  const Tensor x = counting({1, 3, 4, 4}).channels_last();
  EXPECT_TRUE(resize(x, {7, 3}, {.mode = ResizeMode::kCubic}).is_channels_last());
  EXPECT_TRUE(resize(counting({1, 3, 4, 4}), {7, 3}).is_contiguous());
  EXPECT_THROW(resize(x, {0, 3}), OpError);
}

TEST(Resize, MarginsRepeatWhatIsInside) {
  const Tensor x = counting({3});
  EXPECT_EQ(pad(x, {2}, {1}, Outside::kReflect).values(), (Values{2, 1, 0, 1, 2, 1}));
  EXPECT_EQ(pad(x, {2}, {1}, Outside::kReplicate).values(), (Values{0, 0, 0, 1, 2, 2}));
  EXPECT_EQ(pad(x, {2}, {1}, Outside::kCircular).values(), (Values{1, 2, 0, 1, 2, 0}));
  EXPECT_THROW(pad(x, {3}, {0}, Outside::kReflect), OpError);
}

TEST(Resize, ChannelsBecomePixelsAndComeBack) {
  const Tensor x = counting({2, 8, 3, 2});
  const Tensor y = pixel_shuffle(x, 2);
  EXPECT_EQ(y.shape(), (Dims{2, 2, 6, 4}));
  EXPECT_EQ(y.select(0, 0).select(0, 0).select(0, 0).values(), (Values{0, 6, 1, 7}));
  EXPECT_EQ(pixel_unshuffle(y, 2).values(), x.values());
  EXPECT_EQ(channel_shuffle(counting({1, 4, 1, 1}), 2).values(), (Values{0, 2, 1, 3}));
}

}  // namespace
}  // namespace argent::tensor
