#include "models/tensor/tensor.h"

#include <gtest/gtest.h>

#include <sstream>

#include "models/tensor/apply.h"
#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"
#include "tests/models/error_text.h"

namespace argent::tensor {
namespace {

TEST(Tensor, ViewsShareAndCopiesDoNot) {
  Tensor x = arange(12, DType::kF32).view({3, 4});
  EXPECT_TRUE(x.transpose(0, 1).shares_storage_with(x));
  EXPECT_TRUE(x.slice(1, 1, 3).shares_storage_with(x));
  EXPECT_TRUE(x.expand({2, 3, 4}).shares_storage_with(x));
  EXPECT_TRUE(x.reshape({4, 3}).shares_storage_with(x));
  EXPECT_TRUE(x.detach().shares_storage_with(x));
  EXPECT_FALSE(x.clone().shares_storage_with(x));
  EXPECT_FALSE(flip(x, {0}).shares_storage_with(x));
  EXPECT_FALSE(x.transpose(0, 1).reshape({12}).shares_storage_with(x));
  EXPECT_EQ(x.transpose(0, 1).select(0, 1).values(), (std::vector<double>{1, 5, 9}));
}

TEST(Tensor, AViewNeverCopies) {
  const Tensor x = arange(12, DType::kF32).view({3, 4});
  const std::string text = error_text([&] { x.transpose(0, 1).view({12}); });
  EXPECT_NE(text.find("view: the strides"), std::string::npos) << text;
  EXPECT_NE(text.find("tensor_test.cpp:"), std::string::npos) << text;
}

TEST(Tensor, WritesAreSeenByAllViews) {
  Tensor x = zeros({2, 3});
  Tensor row = x.select(0, 1);
  row += 2;
  x.slice(1, 2, 3).assign(7);
  EXPECT_EQ(x.values(), (std::vector<double>{0, 0, 7, 2, 2, 7}));
  EXPECT_EQ(x.version(), row.version());
  EXPECT_EQ(x.version(), 2U);
}

TEST(Tensor, AWriteFromItselfReadsBeforeItWrites) {
  Tensor x = arange(5, DType::kF32);
  x.slice(0, 1, 5).assign(x.slice(0, 0, 4));
  EXPECT_EQ(x.values(), (std::vector<double>{0, 0, 1, 2, 3}));
}

TEST(Tensor, LooksAtMemoryOfOthers) {
  float numbers[] = {1, 2, 3, 4, 5, 6};
  Tensor x = from_blob(numbers, {2, 2}, {3, 1});
  EXPECT_EQ(x.values(), (std::vector<double>{1, 2, 4, 5}));
  x += 1;
  EXPECT_EQ(numbers[4], 6);
  EXPECT_EQ(x.data<float>(), numbers);
  EXPECT_NE(error_text([&] { (void)x.data<double>(); }).find("f32 read as f64"), std::string::npos);
}

TEST(Tensor, NumbersTakeTheTensorsType) {
  EXPECT_EQ((ones({2}, DType::kU8) + 1).dtype(), DType::kU8);
  EXPECT_EQ((ones({2}, DType::kU8) + 1.5).dtype(), DType::kF32);
  EXPECT_EQ((ones({2}, DType::kBF16) * 2.0).dtype(), DType::kBF16);
  EXPECT_EQ((ones({2}, DType::kBool) + 1).dtype(), DType::kI64);
  EXPECT_EQ((ones({2}, DType::kI32) / 2).dtype(), DType::kF32);
  EXPECT_EQ((ones({2}, DType::kF32) + ones({}, DType::kF64)).dtype(), DType::kF32);
  EXPECT_EQ((ones({2}, DType::kF32) + ones({1}, DType::kF64)).dtype(), DType::kF64);
}

TEST(Tensor, LayoutStays) {
  const Tensor x = ones({2, 3, 4, 5}).channels_last();
  EXPECT_TRUE(x.is_channels_last());
  EXPECT_TRUE(relu(x * 2 + 1).is_channels_last());
  EXPECT_TRUE((x + ones({3, 1, 1})).is_channels_last());
  EXPECT_TRUE(x.clone().is_channels_last());
  EXPECT_TRUE(x.contiguous().is_contiguous());
}

TEST(Tensor, SizesAreCheckedBeforeMemoryIsTaken) {
  EXPECT_NE(error_text([] { zeros({1 << 30, 1 << 30}); }).find("2^40"), std::string::npos);
  EXPECT_NE(error_text([] { zeros({1LL << 40, 1LL << 40}); }).find("can't be"), std::string::npos);
  EXPECT_NE(error_text([] { zeros({-1}); }).find("can't be"), std::string::npos);
  float one = 1;
  const Tensor huge = from_blob(&one, {1}).expand({3LL << 30});
  EXPECT_NE(error_text([&] { huge + 1; }).find("2^31"), std::string::npos);
}

TEST(Tensor, ErrorsNameTheOperationTheShapesAndTheLine) {
  const std::string text = error_text([] { const Tensor sum = zeros({2, 3}) + zeros({4}); });
  EXPECT_EQ(text, "add: shapes 2x3 and 4 do not broadcast (tensor_test.cpp:" + std::to_string(__LINE__ - 1) + ")");
}

TEST(Tensor, TheFirstNumberThatIsNotFiniteIsFound) {
  const FiniteCheck check;
  const std::string text = error_text([] {
    const Tensor x = from_values({1, 0, -1});
    const Tensor y = log(x + 0.0);
  });
  EXPECT_EQ(text, "log: a result of shape 3 holds an infinity (tensor_test.cpp:" + std::to_string(__LINE__ - 2) + ")");
}

TEST(Tensor, PrintsItself) {
  std::ostringstream out;
  out << arange(6, DType::kF32, 0, 0.5).view({2, 3});
  EXPECT_EQ(out.str(), "f32 2x3\n[[0, 0.5, 1],\n [1.5, 2, 2.5]]");
  out.str("");
  out << arange(20);
  EXPECT_EQ(out.str(), "i64 20 [0, 1, 2, ..., 17, 18, 19]");
}

TEST(Tensor, IntegersDivideAsPython) {
  const Tensor a = from_values({7, -7, 7, -7}, DType::kI32), b = from_values({2, 2, -2, -2}, DType::kI32);
  EXPECT_EQ(floor_divide(a, b).values(), (std::vector<double>{3, -4, -4, 3}));
  EXPECT_EQ(remainder(a, b).values(), (std::vector<double>{1, 1, -1, -1}));
  EXPECT_EQ(fmod(a, b).values(), (std::vector<double>{1, -1, 1, -1}));
  EXPECT_NE(error_text([&] { floor_divide(a, zeros({4}, DType::kI32)); }).find("by zero"), std::string::npos);
}

}  // namespace
}  // namespace argent::tensor
