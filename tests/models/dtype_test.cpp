#include "models/runtime/dtype.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

namespace argent::tensor {
namespace {

TEST(DType, EveryHalfSurvivesTheWayThroughFloat) {
  for (std::uint32_t bits = 0; bits < 65536; bits++) {
    Half half;
    half.bits = static_cast<std::uint16_t>(bits);
    const float wide = half;
    const Half back(wide);
    if (std::isnan(wide))
      EXPECT_TRUE(std::isnan(static_cast<float>(back)));
    else
      EXPECT_EQ(back.bits, bits);
  }
}

TEST(DType, EveryBFloat16SurvivesTheWayThroughFloat) {
  for (std::uint32_t bits = 0; bits < 65536; bits++) {
    BFloat16 value;
    value.bits = static_cast<std::uint16_t>(bits);
    const float wide = value;
    const BFloat16 back(wide);
    if (std::isnan(wide))
      EXPECT_TRUE(std::isnan(static_cast<float>(back)));
    else
      EXPECT_EQ(back.bits, bits);
  }
}

#if defined(__FLT16_MANT_DIG__)
TEST(DType, HalfRoundsAsTheCompilersType) {
  std::uint32_t bits = 1;
  for (int i = 0; i < 2'000'000; i++) {
    bits = bits * 1664525U + 1013904223U;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isnan(value)) continue;
    const auto expected = static_cast<_Float16>(value);
    std::uint16_t expected_bits;
    std::memcpy(&expected_bits, &expected, sizeof expected_bits);
    ASSERT_EQ(Half(value).bits, expected_bits) << value;
  }
}
#endif

TEST(DType, TiesRoundToEven) {
  EXPECT_EQ(static_cast<float>(Half(2049.0F)), 2048.0F);
  EXPECT_EQ(static_cast<float>(Half(2051.0F)), 2052.0F);
  EXPECT_EQ(static_cast<float>(BFloat16(257.0F)), 256.0F);
  EXPECT_EQ(static_cast<float>(BFloat16(259.0F)), 260.0F);
  EXPECT_TRUE(std::isinf(static_cast<float>(Half(65520.0F))));
  EXPECT_EQ(static_cast<float>(Half(65519.0F)), 65504.0F);
}

TEST(DType, PromotesAsPyTorch) {
  EXPECT_EQ(promote(DType::kU8, DType::kI8), DType::kI16);
  EXPECT_EQ(promote(DType::kU8, DType::kI64), DType::kI64);
  EXPECT_EQ(promote(DType::kF16, DType::kBF16), DType::kF32);
  EXPECT_EQ(promote(DType::kI64, DType::kF16), DType::kF16);
  EXPECT_EQ(promote(DType::kBool, DType::kU8), DType::kU8);
  EXPECT_EQ(promote(DType::kF64, DType::kBF16), DType::kF64);
  for (int a = 0; a < kDTypes; a++) {
    for (int b = 0; b < kDTypes; b++)
      EXPECT_EQ(promote(static_cast<DType>(a), static_cast<DType>(b)), promote(static_cast<DType>(b), static_cast<DType>(a)));
  }
}

}  // namespace
}  // namespace argent::tensor
