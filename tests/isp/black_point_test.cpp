#include "isp/black_point.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "isp/pipeline.h"
#include "tests/reference/frames.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

constexpr Vec3 kShares{0.2f, 0.7f, 0.1f};

/// Light of 1/10000 at the left end to `largest` at the right one.
LinearPicture ramp(BufferPool& pool, int width, int height, float largest) {
  LinearPicture picture = lease_linear(pool, width, height);
  for (int c = 0; c < 3; c++) {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) picture.pixels(x, y, c) = 1e-4f + largest * static_cast<float>(x) / static_cast<float>(width);
    }
  }
  return picture;
}

TEST(BlackPoint, IsTheLightThatSoManyPixelsDoNotPass) {
  BufferPool pool;
  for (const Size size : {Size{200, 3}, Size{2000, 1}, Size{1999, 700}}) {
    const LinearPicture picture = ramp(pool, size.width, size.height, 0.1f);
    EXPECT_NEAR(black_point(picture, kIdentity3, kShares, 2), 0.1f * 0.02f, 6e-4f) << to_text(size);
    EXPECT_NEAR(black_point(picture, kIdentity3, kShares, 5), 0.1f * 0.05f, 6e-4f) << to_text(size);
  }
}

TEST(BlackPoint, IsBoundedAndNeverNegative) {
  BufferPool pool;
  LinearPicture picture = ramp(pool, 300, 200, 10);
  EXPECT_EQ(black_point(picture, kIdentity3, kShares, 5), kMostBlack);
  EXPECT_EQ(black_point(picture, kIdentity3, kShares, 0), 0);
  for (int c = 0; c < 3; c++) {
    for (int x = 0; x < 40; x++) picture.pixels(x, 0, c) = picture.pixels(x, 100, c) = -0.1f;
  }
  EXPECT_EQ(black_point(picture, kIdentity3, kShares, 0.05f), 0);
  EXPECT_GE(black_point(ramp(pool, 1, 1, 0), kIdentity3, kShares, 5), 0);
}

TEST(BlackPoint, LooksAtLuminanceBehindTheMatrix) {
  BufferPool pool;
  const LinearPicture picture = ramp(pool, 400, 10, 0.1f);
  const float plain = black_point(picture, kIdentity3, kShares, 3);
  EXPECT_FLOAT_EQ(black_point(picture, {2, 0, 0, 0, 2, 0, 0, 0, 2}, kShares, 3), 2 * plain);
  EXPECT_FLOAT_EQ(black_point(picture, {2, 0, 0, 0, 1, 0, 0, 0, 1}, {1, 0, 0}, 3), 2 * plain);
}

/// Haze of `haze` of saturation over a ramp, by column.
RawFrame hazy_frame(float haze, Size size = {300, 100}) {
  return reference::noisy_frame(CfaPattern::kRgb, size, {}, [=](int x, int) {
    return haze + 0.3f * static_cast<float>(x * x) / static_cast<float>(size.width * size.width);
  });
}

PipelineParams params_of(float black) {
  PipelineParams params;
  params.output.type = PixelType::kU16;
  params.output.color = ColorSpace::kCamera;
  params.tone.black = black;
  return params;
}

std::uint16_t green(const Image& image, int x) { return image.row<std::uint16_t>(image.height() / 2)[3 * x + 1]; }

TEST(BlackPoint, TakesHazeAwayAndKeepsOrderAndWhite) {
  const RawFrame frame = hazy_frame(0.004f);
  const Image hazy = Pipeline(params_of(0)).render(frame, {}), clear = Pipeline(params_of(1)).render(frame, {});
  EXPECT_GT(green(hazy, 0), 1500);
  EXPECT_EQ(green(clear, 0), 0);
  for (int x = 40; x < 300; x++) {
    ASSERT_GT(green(clear, x), green(clear, x - 1)) << x;
    ASSERT_LT(green(clear, x), green(hazy, x) + 1 + (x > 250 ? 65 : 0)) << x;
  }
  int black = 0;
  for (int x = 0; x < 300; x++) black += green(clear, x) == 0 ? 1 : 0;
  EXPECT_LE(black, 12) << "a percent, and what the curve makes black anyway";
}

TEST(BlackPoint, KeepsHueAndSaturation) {
  // Red twice the green, green twice the blue, from dark to bright; linear light behind the kernel would show it, the curve in 16 bits
  // does.
  RawFrame frame = hazy_frame(0.003f);
  Controls controls;
  controls.colour_gains = {4, 2, 1};
  PipelineParams params = params_of(2);
  params.tone.contrast = 1;
  const Image with = Pipeline(params).render(frame, controls);
  params.tone.black = 0;
  const Image without = Pipeline(params).render(frame, controls);
  // A color of the one picture is found, equally bright in green, in the other.
  for (int x = 120; x < 250; x += 10) {
    const auto* of = with.row<std::uint16_t>(50) + std::ptrdiff_t{3} * x;
    int same = x;
    while (same > 0 && green(without, same) > of[1]) same--;
    const auto* other = without.row<std::uint16_t>(50) + std::ptrdiff_t{3} * same;
    EXPECT_NEAR(of[0], other[0], 600) << x;
    EXPECT_NEAR(of[2], other[2], 600) << x;
  }
}

TEST(BlackPoint, LinearPicturesHaveNone) {
  const RawFrame frame = hazy_frame(0.004f);
  PipelineParams params = params_of(0);
  params.output.encoding = Encoding::kLinear;
  const Image wanted = Pipeline(params).render(frame, {});
  params.tone.black = 3;
  EXPECT_TRUE(reference::same_bytes(Pipeline(params).render(frame, {}), wanted));
}

TEST(BlackPoint, OfAPictureWithDeepBlackChangesNoBit) {
  RawFrame frame = reference::make_frame(CfaPattern::kMonochrome, {64, 48}, reference::Content::kBlack);
  PipelineParams params = params_of(0);
  params.output.color = ColorSpace::kDisplayP3;  // through the last pass in any case
  const Image wanted = Pipeline(params).render(frame, {});
  params.tone.black = 1;
  EXPECT_TRUE(reference::same_bytes(Pipeline(params).render(frame, {}), wanted));
}

TEST(BlackPoint, IsTheSameForAnyNumberOfThreads) {
  const RawFrame frame = reference::make_frame(CfaPattern::kRggb, {131, 77});
  PipelineParams params = params_of(2);
  params.threads = 1;
  const Image wanted = Pipeline(params).render(frame, {});
  params.threads = 7;
  EXPECT_TRUE(reference::same_bytes(Pipeline(params).render(frame, {}), wanted));
}

}  // namespace
}  // namespace argent
