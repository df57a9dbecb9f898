#include "isp/io/lossless_jpeg.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "models/runtime/error.h"
#include "tests/reference/lossless_jpeg.h"

namespace argent {
namespace {

struct Picture {
  int width, height, components, bits, padding;
  std::vector<std::uint16_t> samples;

  LosslessJpegPicture view() const { return {samples.data(), stride(), width, height, components, bits}; }
  std::ptrdiff_t stride() const { return std::ptrdiff_t{width} * components + padding; }
  std::uint16_t at(int i, int y) const { return samples[static_cast<std::size_t>(y * stride() + i)]; }
};

Picture blank(int width, int height, int components, int bits, int padding = 0) {
  Picture out{width, height, components, bits, padding, {}};
  out.samples.resize(static_cast<std::size_t>(out.stride() * height));
  return out;
}

void expect_round_trip(const Picture& picture) {
  const std::vector<std::uint8_t> bytes = lossless_jpeg(picture.view());
  const reference::DecodedJpeg back = reference::LosslessJpegDecoder(bytes).decode();
  ASSERT_EQ(back.width, picture.width);
  ASSERT_EQ(back.height, picture.height);
  ASSERT_EQ(back.components, picture.components);
  ASSERT_EQ(back.bits, picture.bits);
  int different = 0;
  const int samples = picture.width * picture.components;
  for (int y = 0; y < picture.height; y++) {
    for (int i = 0; i < samples; i++) different += back.samples[static_cast<std::size_t>(y * samples + i)] != picture.at(i, y);
  }
  EXPECT_EQ(different, 0) << picture.width << 'x' << picture.height << " of " << picture.components << " x " << picture.bits;
}

/// Sizes, bits and contents by chance: flat, noise of any width, all codes, ramps, and extremes that make the largest differences.
TEST(LosslessJpeg, WhateverIsInItComesBack) {
  std::mt19937 random(1);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 400; round++) {
    Picture picture = blank(1 + below(40), 1 + below(30), 1 + below(4), 2 + below(15), below(5));
    const int full = (1 << picture.bits) - 1, kind = below(6), base = below(full + 1), noise = 1 + below(full + 1);
    for (std::size_t i = 0; i < picture.samples.size(); i++) {
      int value = base;
      if (kind == 1) value = base + below(noise) - noise / 2;
      if (kind == 2) value = below(full + 1);
      if (kind == 3) value = static_cast<int>(i) * 7 % (full + 1);
      if (kind == 4) value = below(2) * full;
      if (kind == 5) value = below(100) == 0 ? below(full + 1) : base;
      picture.samples[i] = static_cast<std::uint16_t>(std::clamp(value, 0, full));
    }
    expect_round_trip(picture);
  }
}

/// 0 and 32768 beside each other: the one difference that has 16 bits, and none behind its code.
TEST(LosslessJpeg, TheLargestDifferenceComesBack) {
  Picture picture = blank(8, 3, 2, 16);
  for (std::size_t i = 0; i < picture.samples.size(); i++) picture.samples[i] = i / 2 % 2 == 0 ? 0 : 32768;
  expect_round_trip(picture);
}

/// Frequencies like Fibonacci's numbers make the deepest tree: codes of more than 16 bits must be cut.
TEST(LosslessJpeg, RareDifferencesHaveCodesOfAtMost16Bits) {
  std::vector<std::uint16_t> samples{0};
  int frequency = 1, next = 1;
  for (int category = 16; category >= 0; category--) {
    for (int i = 0; i < frequency; i++) {
      const int step = category == 0 ? 0 : 1 << (category - 1);
      samples.push_back(static_cast<std::uint16_t>(samples.back() + step));
    }
    frequency = std::exchange(next, frequency + next);
  }
  Picture picture = blank(static_cast<int>(samples.size()), 1, 1, 16);
  picture.samples = samples;
  expect_round_trip(picture);
}

TEST(LosslessJpeg, FlatPicturesAreSmall) {
  const Picture picture = blank(512, 512, 2, 14);
  EXPECT_LT(lossless_jpeg(picture.view()).size(), 512 * 512 * 2 / 8 + 200);  // one bit a sample is the least there is
}

TEST(LosslessJpeg, SameSamplesSameBytes) {
  Picture picture = blank(33, 17, 2, 12, 3);
  for (std::size_t i = 0; i < picture.samples.size(); i++)
    picture.samples[i] = static_cast<std::uint16_t>(static_cast<std::uint32_t>(i) * 2654435761U >> 20);
  EXPECT_EQ(lossless_jpeg(picture.view()), lossless_jpeg(picture.view()));
}

TEST(LosslessJpeg, RefusesWhatItCanNotHold) {
  Picture picture = blank(4, 4, 1, 12);
  picture.samples[5] = 4096;
  EXPECT_THROW(lossless_jpeg(picture.view()), Error);
  EXPECT_THROW(lossless_jpeg(blank(4, 4, 5, 12).view()), Error);
  EXPECT_THROW(lossless_jpeg(blank(4, 4, 1, 17).view()), Error);
  EXPECT_THROW(lossless_jpeg(blank(4, 4, 1, 1).view()), Error);
  EXPECT_THROW(lossless_jpeg({picture.samples.data(), 4, 0, 4, 1, 12}), Error);
  EXPECT_THROW(lossless_jpeg({nullptr, 4, 4, 4, 1, 12}), Error);
}

}  // namespace
}  // namespace argent
