#include "samples/live/y4m_video.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"
#include "tests/samples/live/live_fixture.h"

namespace argent {
namespace {

using Y4mVideoTest = LiveFiles;

TEST_F(Y4mVideoTest, HeaderAndFramesHaveTheirSizes) {
  Y4mVideo writer(file("a.y4m"), Overwrite::kNo);
  for (int i = 0; i < 3; i++) writer.write(frame_at(i / 30.0, 255, {5, 3}));  // odd: 4 x 2 are left
  writer.finish();
  const std::string y4m = bytes_of(file("a.y4m"));
  const std::string header = y4m.substr(0, y4m.find('\n') + 1);
  EXPECT_EQ(header, "YUV4MPEG2 W4 H2 F30:1 Ip C420jpeg XCOLORRANGE=LIMITED XBT709\n");
  const std::size_t planes = 4 * 2 + 2 * 2 * 1;
  ASSERT_EQ(y4m.size(), header.size() + 3 * (6 + planes));
  EXPECT_EQ(y4m.substr(header.size(), 6), "FRAME\n");
  EXPECT_EQ(static_cast<unsigned char>(y4m[header.size() + 6]), 235);  // white
}

TEST_F(Y4mVideoTest, AGapRepeatsTheFrameBefore) {
  Y4mVideo writer(file("a.y4m"), Overwrite::kNo);
  writer.write(frame_at(0, 0));
  writer.write(frame_at(2 / 30.0, 255));
  writer.finish();
  const std::string y4m = bytes_of(file("a.y4m"));
  const std::size_t first = y4m.find('\n') + 1, step = 6 + 32 * 16 * 3 / 2;
  ASSERT_EQ(y4m.size(), first + 3 * step);
  EXPECT_EQ(y4m[first + 6], 16);
  EXPECT_EQ(y4m[first + step + 6], 16);
  EXPECT_EQ(static_cast<unsigned char>(y4m[first + 2 * step + 6]), 235);
}

TEST_F(Y4mVideoTest, AnotherSizeIsRefused) {
  Y4mVideo writer(file("a.y4m"), Overwrite::kNo);
  writer.write(frame_at(0));
  EXPECT_THROW(writer.write(frame_at(1, 128, {8, 8})), Error);
}

}  // namespace
}  // namespace argent
