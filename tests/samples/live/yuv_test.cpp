#include "samples/live/yuv.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace argent {
namespace {

Image of_color(std::array<int, 3> rgb, Size size) {
  static BufferPool pool;
  Image image(pool, size, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      for (int c = 0; c < 3; c++) image.row<std::uint8_t>(y)[3 * x + c] = static_cast<std::uint8_t>(rgb[static_cast<std::size_t>(c)]);
    }
  }
  return image;
}

/// BT.709-6 in real numbers.
std::array<double, 3> expected(std::array<int, 3> rgb) {
  const double r = rgb[0] / 255.0, g = rgb[1] / 255.0, b = rgb[2] / 255.0, y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return {16 + 219 * y, 128 + 224 * (b - y) / 1.8556, 128 + 224 * (r - y) / 1.5748};
}

TEST(Yuv, ColorsAreThoseOfTheStandardWithinHalfACode) {
  for (int r = 0; r <= 255; r += 51) {
    for (int g = 0; g <= 255; g += 51) {
      for (int b = 0; b <= 255; b += 51) {
        std::vector<std::uint8_t> planes, pairs;
        to_yuv420(of_color({r, g, b}, {2, 2}), planes);
        to_yuyv(of_color({r, g, b}, {2, 2}), pairs);
        const auto e = expected({r, g, b});
        ASSERT_EQ(planes.size(), 6U);
        ASSERT_EQ(pairs.size(), 8U);
        EXPECT_NEAR(planes[0], e[0], 0.51) << r << ' ' << g << ' ' << b;
        EXPECT_NEAR(planes[4], e[1], 0.51) << r << ' ' << g << ' ' << b;
        EXPECT_NEAR(planes[5], e[2], 0.51) << r << ' ' << g << ' ' << b;
        EXPECT_EQ(pairs[0], planes[0]);
        EXPECT_EQ(pairs[1], planes[4]);
        EXPECT_EQ(pairs[3], planes[5]);
      }
    }
  }
}

TEST(Yuv, GreysHaveNoColor) {
  for (int level = 0; level < 256; level++) {
    std::vector<std::uint8_t> planes;
    to_yuv420(of_color({level, level, level}, {1, 1}), planes);
    EXPECT_EQ(planes[1], 128);
    EXPECT_EQ(planes[2], 128);
  }
}

TEST(Yuv, ChromaIsTheMeanOfItsFourPixels) {
  Image image = of_color({0, 0, 0}, {2, 2});
  image.row<std::uint8_t>(1)[5] = 200;  // blue of the last pixel
  std::vector<std::uint8_t> planes;
  to_yuv420(image, planes);
  EXPECT_NEAR(planes[4], 128 + 224 * (50 / 255.0) * (1 - 0.0722) / 1.8556, 0.51);
}

TEST(Yuv, OddSizesKeepTheirLastColumnAndRow) {
  std::vector<std::uint8_t> planes, pairs;
  to_yuv420(of_color({255, 0, 0}, {3, 5}), planes);
  EXPECT_EQ(planes.size(), 15U + 2 * 2 * 3);
  EXPECT_NEAR(planes.back(), expected({255, 0, 0})[2], 0.51);
  to_yuyv(of_color({255, 0, 0}, {3, 5}), pairs);
  EXPECT_EQ(pairs.size(), 4U * 5);
}

}  // namespace
}  // namespace argent
