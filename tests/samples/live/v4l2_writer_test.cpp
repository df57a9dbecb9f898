#include "samples/live/v4l2_writer.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"

namespace argent {
namespace {

TEST(V4l2Writer, PairsShareTheChromaOfTheirFourPixels) {
  BufferPool pool;
  YuvImage picture(pool, {4, 2}, {});
  for (int y = 0; y < 2; y++) {
    for (int x = 0; x < 4; x++) picture.luma(y)[x] = static_cast<std::uint8_t>('a' + 4 * y + x);
  }
  for (int x = 0; x < 4; x++) picture.chroma(0)[x] = static_cast<std::uint8_t>('A' + x);
  std::vector<std::uint8_t> out;
  to_yuyv(picture, out);
  EXPECT_EQ(std::string(out.begin(), out.end()), "aAbBcCdDeAfBgChD");
}

TEST(V4l2Writer, WhatTakesNoPicturesIsRefused) {
  EXPECT_THROW(V4l2Writer("/dev/null"), Error);
  EXPECT_THROW(V4l2Writer("/dev/there_is_no_such_device"), Error);
}

}  // namespace
}  // namespace argent
