#include "calibration/quality/picture_difference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "calibration/chart/color_difference.h"
#include "isp/color.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

class PictureDifferenceTest : public testing::Test {
 protected:
  Image picture(Size size, const std::function<float(int x, int y, int c)>& value, Encoding encoding = Encoding::kSrgb) {
    Image image(pool, size, PixelType::kF32, encoding, ColorSpace::kSrgb);
    for (int y = 0; y < size.height; y++) {
      for (int x = 0; x < size.width; x++) {
        for (int c = 0; c < 3; c++) image.row<float>(y)[3 * x + c] = value(x, y, c);
      }
    }
    return image;
  }

  BufferPool pool;
};

float texture(int x, int y, int c) { return 0.5f + 0.4f * std::sin(0.7f * static_cast<float>(x) + 0.3f * static_cast<float>(y * (c + 1))); }
float other_texture(int x, int y, int c) { return texture(x, y, c) + 0.05f * std::cos(1.9f * static_cast<float>(x * (c + 2) - y)); }

TEST_F(PictureDifferenceTest, EqualPicturesDoNotDiffer) {
  const Image a = picture({20, 15}, texture);
  const PictureDifference d = difference_of(a, a);
  for (double psnr : d.psnr) EXPECT_TRUE(std::isinf(psnr));
  EXPECT_TRUE(std::isinf(d.cpsnr));
  EXPECT_DOUBLE_EQ(d.ssim.value(), 1);
  EXPECT_EQ(d.delta_e_max, 0);
  EXPECT_EQ(d.largest, 0);
}

TEST_F(PictureDifferenceTest, PsnrByHand) {
  // Off by 0.1, 0.01 and nothing: 20 and 40 dB; all: the mean square is (0.01 + 0.0001) / 3.
  const Image a = picture({12, 11}, [](int, int, int) { return 0.5f; });
  const Image b = picture({12, 11}, [](int, int, int c) { return c == 0 ? 0.6f : c == 1 ? 0.49f : 0.5f; });
  const PictureDifference d = difference_of(a, b);
  EXPECT_NEAR(d.psnr[0], 20, 1e-4);
  EXPECT_NEAR(d.psnr[1], 40, 1e-4);
  EXPECT_TRUE(std::isinf(d.psnr[2]));
  EXPECT_NEAR(d.cpsnr, -10 * std::log10(0.0101 / 3), 1e-4);
  EXPECT_NEAR(d.mean[0], 0.1, 1e-6);
  EXPECT_NEAR(d.mean[1], -0.01, 1e-6);
  EXPECT_NEAR(d.largest, 0.1, 1e-6);
}

TEST_F(PictureDifferenceTest, SsimOfFlatPicturesIsTheirLuminanceTerm) {
  const Image a = picture({11, 11}, [](int, int, int) { return 0.5f; }), b = picture({11, 11}, [](int, int, int) { return 0.75f; });
  EXPECT_NEAR(difference_of(a, b).ssim.value(), (2 * 0.5 * 0.75 + 1e-4) / (0.25 + 0.5625 + 1e-4), 1e-6);
}

/// Equation 13 as it stands, window by window.
double slow_ssim(const Image& a, const Image& b) {
  const auto luma = [](const Image& image, int x, int y) {
    const float* p = image.row<float>(y) + 3 * x;
    return 0.299 * double(p[0]) + 0.587 * double(p[1]) + 0.114 * double(p[2]);
  };
  double sum = 0, windows = 0;
  for (int top = 0; top + 11 <= a.height(); top++) {
    for (int left = 0; left + 11 <= a.width(); left++) {
      double weight = 0, ma = 0, mb = 0, va = 0, vb = 0, covariance = 0;
      const auto each = [&](auto use) {
        for (int y = -5; y <= 5; y++) {
          for (int x = -5; x <= 5; x++)
            use(std::exp(-(x * x + y * y) / 4.5), luma(a, left + 5 + x, top + 5 + y), luma(b, left + 5 + x, top + 5 + y));
        }
      };
      each([&](double w, double p, double q) { weight += w, ma += w * p, mb += w * q; });
      ma /= weight, mb /= weight;
      each([&](double w, double p, double q) {
        va += w / weight * (p - ma) * (p - ma), vb += w / weight * (q - mb) * (q - mb), covariance += w / weight * (p - ma) * (q - mb);
      });
      sum += (2 * ma * mb + 1e-4) * (2 * covariance + 9e-4) / ((ma * ma + mb * mb + 1e-4) * (va + vb + 9e-4));
      windows++;
    }
  }
  return sum / windows;
}

TEST_F(PictureDifferenceTest, SsimEqualsItsSlowTwin) {
  for (const Size size : {Size{11, 11}, Size{24, 13}, Size{13, 30}}) {
    const Image a = picture(size, texture), b = picture(size, other_texture);
    EXPECT_NEAR(difference_of(a, b).ssim.value(), slow_ssim(a, b), 1e-6);
  }
}

TEST_F(PictureDifferenceTest, SmallPicturesHaveNoSsim) {
  const Image a = picture({10, 11}, texture), b = picture({11, 10}, texture), dot = picture({1, 1}, texture);
  EXPECT_FALSE(difference_of(a, a).ssim);
  EXPECT_FALSE(difference_of(b, b).ssim);
  EXPECT_FALSE(difference_of(dot, dot).ssim);
}

TEST_F(PictureDifferenceTest, ColorsDifferAsTheirLabDoes) {
  // One pixel in twenty is another color: the mean is a twentieth, the 95th percentile is still 0.
  const Image grey = picture({20, 1}, [](int, int, int) { return 0.5f; });
  const Image one = picture({20, 1}, [](int x, int, int c) { return x == 7 && c == 0 ? 0.6f : 0.5f; });
  const auto lab = [](float r, float g, float b) {
    const Vec3 xyz = multiply(kSrgbToXyz, Vec3{srgb_decode(r), srgb_decode(g), srgb_decode(b)}),
               white = multiply(kSrgbToXyz, Vec3{1, 1, 1});
    return lab_of({xyz[0], xyz[1], xyz[2]}, {white[0], white[1], white[2]});
  };
  const double expected = ciede2000(lab(0.5f, 0.5f, 0.5f), lab(0.6f, 0.5f, 0.5f));
  const PictureDifference d = difference_of(grey, one);
  EXPECT_GT(expected, 5);
  EXPECT_NEAR(d.delta_e_max, expected, 1e-4);
  EXPECT_NEAR(d.delta_e_mean, expected / 20, 1e-4);
  EXPECT_EQ(d.delta_e_95, 0);
}

TEST_F(PictureDifferenceTest, LinearLightIsTheSameColor) {
  const auto decoded = [](int x, int y, int c) { return srgb_decode(texture(x, y, c)); };
  const auto other = [](int x, int y, int c) { return srgb_decode(other_texture(x, y, c)); };
  const PictureDifference encoded = difference_of(picture({16, 16}, texture), picture({16, 16}, other_texture));
  const PictureDifference linear =
      difference_of(picture({16, 16}, decoded, Encoding::kLinear), picture({16, 16}, other, Encoding::kLinear));
  EXPECT_NEAR(encoded.delta_e_mean, linear.delta_e_mean, 1e-3);
  EXPECT_GT(std::abs(encoded.cpsnr - linear.cpsnr), 0.1);
}

TEST_F(PictureDifferenceTest, NumberOfThreadsChangesNothing) {
  const Image a = picture({57, 43}, texture), b = picture({57, 43}, other_texture);
  const PictureDifference one = difference_of(a, b, 1), four = difference_of(a, b, 4);
  EXPECT_EQ(one.cpsnr, four.cpsnr);
  EXPECT_EQ(one.ssim, four.ssim);
  EXPECT_EQ(one.delta_e_mean, four.delta_e_mean);
}

TEST_F(PictureDifferenceTest, WhatIsNotFiniteIsBlack) {
  const Image nan = picture({12, 12}, [](int, int, int) { return std::numeric_limits<float>::quiet_NaN(); });
  const PictureDifference d = difference_of(nan, picture({12, 12}, [](int, int, int) { return 0.0f; }));
  EXPECT_TRUE(std::isinf(d.cpsnr));
  EXPECT_EQ(d.delta_e_max, 0);
}

TEST_F(PictureDifferenceTest, WhatDoesNotFitIsAnError) {
  const Image a = picture({12, 11}, texture), wide = picture({13, 11}, texture), linear = picture({12, 11}, texture, Encoding::kLinear);
  const Image codes(pool, {12, 11}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  EXPECT_THROW(difference_of(a, wide), Error);
  EXPECT_THROW(difference_of(a, linear), Error);
  EXPECT_THROW(difference_of(a, codes), Error);
  EXPECT_THROW(difference_of(a, Image()), Error);
}

TEST_F(PictureDifferenceTest, CodesBecomeFloats) {
  Image codes(pool, {3, 2}, PixelType::kU16, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < 2; y++) {
    for (int i = 0; i < 9; i++) codes.row<std::uint16_t>(y)[i] = static_cast<std::uint16_t>(6553 * (i + y));
  }
  const Image part = as_floats(codes, {1, 1, 2, 1}, Encoding::kSrgb, pool);
  EXPECT_EQ(part.size(), (Size{2, 1}));
  EXPECT_FLOAT_EQ(part.row<float>(0)[0], 4 * 6553 / 65535.0f);
  EXPECT_FLOAT_EQ(as_floats(codes, {1, 1, 2, 1}, Encoding::kLinear, pool).row<float>(0)[0], srgb_decode(4 * 6553 / 65535.0f));
}

TEST_F(PictureDifferenceTest, ThePictureIsGreyWhereNothingDiffers) {
  const Image a = picture({2, 1}, [](int, int, int) { return 0.5f; });
  const Image b = picture({2, 1}, [](int x, int, int c) { return x == 1 && c == 0 ? 0.55f : x == 1 && c == 1 ? 0.2f : 0.5f; });
  const Image d = difference_picture(a, b, 4, pool);
  const auto* codes = d.row<std::uint8_t>(0);
  EXPECT_EQ(codes[0], 128);
  EXPECT_EQ(codes[3], std::lround(255 * 0.7));
  EXPECT_EQ(codes[4], 0);
  EXPECT_EQ(codes[5], 128);
}

}  // namespace
}  // namespace argent
