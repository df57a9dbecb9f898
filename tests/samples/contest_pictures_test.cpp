#include "samples/contest_pictures.h"

#include <gtest/gtest.h>
#include <png.h>

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

Pixels decoded(const std::string& png) {
  png_image head{};
  head.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_memory(&head, png.data(), png.size()), 0) << head.message;
  head.format = PNG_FORMAT_RGB;
  std::vector<unsigned char> pixels(PNG_IMAGE_SIZE(head));
  EXPECT_NE(png_image_finish_read(&head, nullptr, pixels.data(), 0, nullptr), 0) << head.message;
  Pixels out{head.width, head.height, 0};
  for (unsigned char p : pixels) out.mean += double(p) / double(pixels.size());
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
  const Pixels last = decoded(right.back().png), event = decoded(right[1].png);
  EXPECT_EQ(last.width, 200u);
  EXPECT_EQ(last.height, 150u);
  EXPECT_NEAR(event.mean, last.mean, 0.06 * last.mean);
  run.frames[static_cast<std::size_t>(right[1].frame.frame)].decision.controls.digital_gain = 1;
  EXPECT_LT(decoded(thumbnails_of(run)[1].png).mean, 0.75 * event.mean);
}

TEST(ContestPictures, Base64) {  // RFC 4648, section 10
  for (const auto& [text, code] : {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}})
    EXPECT_EQ(base64(text), code);
}

}  // namespace
}  // namespace argent
