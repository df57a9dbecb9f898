#include "samples/label/linear_thumbnail.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"

namespace argent {
namespace {

/// R = (x + 1) / 1000, G = 0.5, B = (y + 1) / 1000.
SensorPicture ramp(BufferPool& pool, Size size) {
  SensorPicture out{Image(pool, size, PixelType::kF32, Encoding::kLinear, ColorSpace::kCamera), {}, {2 * size.width, 2 * size.height}, 2};
  out.clipped.resize(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      float* rgb = out.linear.row<float>(y) + 3 * x;
      rgb[0] = static_cast<float>(x + 1) / 1000;
      rgb[1] = 0.5f;
      rgb[2] = static_cast<float>(y + 1) / 1000;
    }
  }
  return out;
}

TEST(LinearThumbnail, SizeKeepsTheShape) {
  BufferPool pool;
  EXPECT_EQ(thumbnail_size(ramp(pool, {640, 480})), (Size{64, 48}));
  EXPECT_EQ(thumbnail_size(ramp(pool, {480, 640})), (Size{48, 64}));
  EXPECT_EQ(thumbnail_size(ramp(pool, {1000, 20})), (Size{64, 12}));
  EXPECT_EQ(thumbnail_size(ramp(pool, {30, 20})), (Size{30, 20})) << "never enlarged";
  EXPECT_THROW(thumbnail_size(ramp(pool, {100, 11})), Error);
}

TEST(LinearThumbnail, PixelsAreMeansInUnitsOfTheLargest) {
  BufferPool pool;
  const SensorPicture picture = ramp(pool, {130, 70});
  const Size size = thumbnail_size(picture);
  const Image out = linear_thumbnail(picture, size, std::vector<std::uint8_t>(static_cast<std::size_t>(size.width * size.height)), pool);
  ASSERT_EQ(out.size(), (Size{64, 34}));
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      const int left = x * 130 / 64, right = (x + 1) * 130 / 64;
      const double mean = (left + 1 + right) / 2.0 / 1000;
      EXPECT_NEAR(out.row<std::uint16_t>(y)[3 * x], 65535 * mean / 0.5, 1);
      EXPECT_EQ(out.row<std::uint16_t>(y)[3 * x + 1], 65535);
    }
  }
}

TEST(LinearThumbnail, MaskedAndClippedPixelsAreZero) {
  BufferPool pool;
  SensorPicture picture = ramp(pool, {128, 96});
  const Size size = thumbnail_size(picture);
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(size.width * size.height));
  mask[5 * 64 + 7] = 1;
  // Of the pixel (10, 20) three of four quads are clipped, of (11, 20) one is.
  const auto clip = [&](int x, int y) {
    picture.clipped[static_cast<std::size_t>(y * 128 + x)] = 1;
    picture.linear.row<float>(y)[3 * x] = 1;
  };
  clip(20, 40), clip(21, 40), clip(20, 41), clip(22, 40);
  const Image out = linear_thumbnail(picture, size, mask, pool);
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      const bool gone = (x == 7 && y == 5) || (x == 10 && y == 20);
      EXPECT_EQ(out.row<std::uint16_t>(y)[3 * x + 1], gone ? 0 : 65535) << x << " " << y;
    }
  }
  const double open = (24 + 23 + 24) / 3.0 / 1000;  // the three that are left of (11, 20)
  EXPECT_NEAR(out.row<std::uint16_t>(20)[3 * 11], 65535 * open / 0.5, 1);
}

TEST(LinearThumbnail, NoiseBelowBlackIsBlackAndNothingIsAnError) {
  BufferPool pool;
  SensorPicture picture = ramp(pool, {64, 48});
  picture.linear.row<float>(3)[3 * 4] = -0.01f;
  const Size size = thumbnail_size(picture);
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(size.width * size.height));
  EXPECT_EQ(linear_thumbnail(picture, size, mask, pool).row<std::uint16_t>(3)[3 * 4], 0);
  mask.assign(mask.size(), 1);
  EXPECT_THROW(linear_thumbnail(picture, size, mask, pool), Error);
}

}  // namespace
}  // namespace argent
