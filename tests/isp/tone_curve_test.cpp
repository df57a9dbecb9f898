#include "isp/tone_curve.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "isp/color.h"

namespace argent {
namespace {

TEST(ToneCurve, KeepsMiddleGreyEndsAndOrder) {
  for (float contrast : {1.0f, 1.2f, 1.4f, 1.6f, 2.0f}) {
    for (double white : {1.0, 1.5, 4.0, 64.0}) {
      ToneParams params;
      params.contrast = contrast;
      EXPECT_EQ(tone_map(params, 0, white), 0);
      EXPECT_EQ(tone_map(params, -1, white), 0);
      EXPECT_NEAR(tone_map(params, white, white), 1, 1e-9);
      if (contrast > 1 || white > 1) {
        EXPECT_NEAR(tone_map(params, 0.18, white), 0.18, 1e-6) << contrast << " " << white;
      }
      double before = -1;
      for (int i = 0; i <= 1000; i++) {
        const double y = tone_map(params, white * i / 1000, white);
        EXPECT_GT(y, before);
        before = y;
      }
    }
  }
}

TEST(ToneCurve, PolynomialStaysWithinNineTenthsOfACode) {
  for (float contrast : {1.1f, 1.2f, 1.4f, 1.6f, 1.8f}) {
    for (double white : {1.2, 2.0, 8.0, 32.0}) {
      ToneParams params;
      params.contrast = contrast;
      EXPECT_LT(polynomial_error(params, Encoding::kSrgb, white), 0.9) << contrast << " " << white;
    }
  }
}

TEST(ToneCurve, TheFinePolynomialStaysWithinHalfACodeAtEveryContrastThereIs) {
  for (float contrast : {1.0f, 1.05f, 1.2f, 1.4f, 1.55f, 1.8f, 2.0f}) {
    for (double white : {1.2, 2.0, 8.0, 32.0, 1000.0}) {
      ToneParams params;
      params.contrast = contrast;
      EXPECT_LT(polynomial_error(params, Encoding::kSrgb, white, kFineToneDegree), 0.5) << contrast << " " << white;
      EXPECT_LT(polynomial_error(params, Encoding::kSrgb, white), 1.3) << contrast << " " << white;
    }
  }
}

/// What halide_gen/stages/tone_steps.h makes of light, before it is cut to 8 bits.
double stepped(const ToneSteps& steps, double light) {
  const float v = static_cast<float>((1 - double(steps.offset)) * light / double(steps.top) + double(steps.offset));
  const auto place_of = [&](float value) { return std::bit_cast<std::int32_t>(value) >> steps.shift; };
  const auto place = static_cast<std::uint16_t>(std::clamp(place_of(v) - place_of(steps.offset), 0, 65535));
  const std::size_t entry = place >> 10;
  const std::uint32_t rise = std::uint32_t{steps.rise[entry]} * static_cast<std::uint16_t>(place << 6) >> 16;
  return (steps.start[entry] + rise) / 256.0;
}

TEST(ToneCurve, StepsStayWithinHalfACodeAtEveryContrastThereIs) {
  for (float contrast : {1.0f, 1.05f, 1.2f, 1.4f, 1.55f, 1.8f, 2.0f}) {
    for (double white : {1.0, 1.2, 2.0, 4.0, 8.0, 32.0, 1000.0}) {
      ToneParams params;
      params.contrast = contrast;
      const ToneSteps steps = make_tone_steps(params, Encoding::kSrgb, white);
      EXPECT_LT(steps.error, 0.5) << contrast << " " << white;
      double most = 0, before = 0;
      for (int i = 0; i <= 20000; i++) {
        const double light = 1.1 * white * std::pow(i / 20000.0, 3) - 0.01;
        const double x = std::clamp(light, 0.0, white), code = stepped(steps, light) - 0.5;
        most = std::max(most, std::abs(code - 255 * double(srgb_encode(static_cast<float>(tone_map(params, x, white))))));
        EXPECT_GE(code, before - 1.0 / 256);
        before = code;
      }
      EXPECT_LT(most, steps.error + 0.06) << contrast << " " << white;  // it is taken at four places of a step
    }
  }
  for (int i = 0; i <= 255; i++) EXPECT_EQ(std::floor(stepped(make_tone_steps({}, Encoding::kLinear, 1), i / 255.0)), i);
}

TEST(ToneCurve, TableInterpolatesTheCurveIn16Bits) {
  const ToneParams params;
  const double white = 3;
  const ToneCurve curve = make_tone_curve(params, Encoding::kSrgb, white, PixelType::kU16);
  for (int i = 0; i < 5000; i++) {
    const double light = white * std::pow(i / 5000.0, 3);
    const double t = std::sqrt(light / (double(curve.warp) * light + (1 - double(curve.warp)) * double(curve.limit))) * 4096;
    const auto node = static_cast<std::size_t>(std::min(t, 4095.0));
    const double fraction = t - double(node);
    const double code = double(curve.values[node]) * (1 - fraction) + double(curve.values[node + 1]) * fraction;
    EXPECT_NEAR(code, 65535 * double(srgb_encode(static_cast<float>(tone_map(params, light, white)))), 3);
  }
}

TEST(ToneCurve, LinearIsExact) {
  const ToneCurve curve = make_tone_curve({}, Encoding::kLinear, 7, PixelType::kU8);
  EXPECT_EQ(curve.limit, 1);
  EXPECT_EQ(curve.warp, 0);
  EXPECT_LT(polynomial_error({}, Encoding::kLinear, 7), 1e-3);
}

}  // namespace
}  // namespace argent
