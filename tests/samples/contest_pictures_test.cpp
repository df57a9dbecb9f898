#include "samples/contest_pictures.h"

#include <gtest/gtest.h>

#include <cstdio>  // jpeglib.h needs it and does not say so

#include <jpeglib.h>

#include <numeric>
#include <string_view>
#include <vector>

namespace argent {
namespace {

auto darker() {
  return play(parse_contest_scenario("frames: 40\nlight: {lux: 800, events: [{time: 0.5, lux: 200}]}\nsensor: {model: imx219}", "s.yaml"),
              0, "argent", {});
}

struct Pixels {
  unsigned width = 0, height = 0;
  double mean = 0;  ///< of the codes
};

Pixels decoded(const std::vector<unsigned char>& file) {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);  // ends the program: the test fails
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, file.data(), file.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg_start_decompress(&jpeg);
  Pixels out{jpeg.output_width, jpeg.output_height, 0};
  std::vector<JSAMPLE> row(std::size_t{out.width} * 3);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPLE* pointer = row.data();
    jpeg_read_scanlines(&jpeg, &pointer, 1);
    out.mean += std::accumulate(row.begin(), row.end(), 0.0) / double(row.size()) / out.height;
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return out;
}

TEST(ContestPictures, TellingFramesRiseAndSayWhy) {
  const auto run = darker();
  const auto frames = telling_frames(run);
  ASSERT_GE(frames.size(), 3u);
  EXPECT_EQ(frames.front().frame, 0);
  EXPECT_EQ(frames[1].frame, run.events.at(0));
  EXPECT_EQ(frames[1].why.substr(0, 9), "new light");
  EXPECT_EQ(frames.back().frame, 39);
  for (std::size_t i = 1; i < frames.size(); i++) EXPECT_GT(frames[i].frame, frames[i - 1].frame);
}

TEST(ContestPictures, ManyThingsAreStillFewPictures) {
  auto run = darker();
  for (int i = 1; i < 30; i++) run.events.push_back(i);
  EXPECT_EQ(telling_frames(run).size(), kMostPictures);
  EXPECT_EQ(telling_frames(run).back().why, "last");
  run.frames.resize(1);
  EXPECT_EQ(telling_frames(run).size(), 1u);
}

/// Digital gain makes the frame that first shows the new light as bright as the others: the picture is the decision's.
TEST(ContestPictures, APictureIsRenderedAsItsFrameWasDecided) {
  auto run = darker();
  const auto right = thumbnails_of(run);
  ASSERT_GE(right.size(), 3u);
  const Pixels last = decoded(right.back().jpeg), event = decoded(right[1].jpeg);
  EXPECT_EQ(last.width, 200u);
  EXPECT_EQ(last.height, 150u);
  EXPECT_NEAR(event.mean, last.mean, 0.06 * last.mean);
  run.frames[static_cast<std::size_t>(right[1].frame.frame)].decision.controls.digital_gain = 1;
  EXPECT_LT(decoded(thumbnails_of(run)[1].jpeg).mean, 0.75 * event.mean);
}

TEST(ContestPictures, Base64) {  // RFC 4648, section 10
  for (const auto& [text, code] : {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
    const std::string_view view(text);
    EXPECT_EQ(base64(std::vector<unsigned char>(view.begin(), view.end())), code);
  }
}

}  // namespace
}  // namespace argent
