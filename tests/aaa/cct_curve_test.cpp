#include "aaa/cct_curve.h"

#include <gtest/gtest.h>

namespace argent {
namespace {

TEST(CctCurve, IsWhatTheMatricesSay) {
  // XYZ to linear sRGB as a sensor: neutral in D65.
  const std::vector<ColorMatrix> matrices{{6504, kXyzToSrgb}};
  const std::vector<CctPoint> curve = cct_curve_of(matrices);
  ASSERT_GT(curve.size(), 10u);
  EXPECT_NEAR(curve.front().cct, 2000, 1);
  EXPECT_NEAR(curve.back().cct, 10000, 1);
  for (std::size_t i = 1; i < curve.size(); i++) {
    EXPECT_GT(curve[i].cct, curve[i - 1].cct);
    EXPECT_LT(curve[i].red, curve[i - 1].red);
    EXPECT_GT(curve[i].blue, curve[i - 1].blue);
  }
  const auto neutral = gains_of_cct(std::span<const CctPoint>(curve), 6504);
  ASSERT_TRUE(neutral);
  EXPECT_NEAR((*neutral)[0], 1, .02);
  EXPECT_NEAR((*neutral)[2], 1, .02);
}

TEST(CctCurve, NothingFromNothing) {
  EXPECT_TRUE(cct_curve_of({}).empty());
  const std::vector<ColorMatrix> negative{{6504, {-1, 0, 0, 0, 1, 0, 0, 0, 1}}};
  EXPECT_TRUE(cct_curve_of(negative).empty());
}

}  // namespace
}  // namespace argent
