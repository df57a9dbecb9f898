#include "samples/progress.h"

#include <gtest/gtest.h>

namespace argent {
namespace {

using Seconds = std::chrono::duration<double>;

TEST(ProgressLine, SaysHowManyHowFastAndHowLongStill) {
  const std::string line = progress_line({.total = 40, .finished = 10, .failed = 0, .elapsed = Seconds(5)}, 80);
  EXPECT_EQ(line, "[##########..............................] 10/40  2.0 files/s  15 s left");
}

TEST(ProgressLine, CountsWhatItIsTold) {
  const std::string line = progress_line({.total = 4, .finished = 2, .failed = 0, .elapsed = Seconds(1), .unit = "picture"}, 60);
  EXPECT_TRUE(line.ends_with("2/4  2.0 pictures/s  1 s left")) << line;
}

TEST(ProgressLine, NamesFailures) {
  const std::string line = progress_line({.total = 4, .finished = 4, .failed = 1, .elapsed = Seconds(8)}, 60);
  EXPECT_TRUE(line.starts_with("[####")) << line;
  EXPECT_TRUE(line.ends_with("4/4  2.0 s/file  1 failed")) << line;
  EXPECT_EQ(line.find('.'), line.find("2.0") + 1) << "a full bar has no empty part: " << line;
}

TEST(ProgressLine, KnowsNoRateBeforeTheFirstFile) {
  EXPECT_TRUE(progress_line({.total = 3, .finished = 0, .failed = 0, .elapsed = Seconds(2)}, 30).ends_with("] 0/3"));
}

TEST(ProgressLine, FitsIntoEveryWidth) {
  for (int width = 0; width <= 200; ++width) {
    const std::string line = progress_line({.total = 100000, .finished = 99999, .failed = 12345, .elapsed = Seconds(1e6)}, width);
    EXPECT_LE(line.size(), static_cast<std::size_t>(width));
  }
}

TEST(ProgressLine, NothingToDoIsDone) { EXPECT_EQ(progress_line({}, 20), "[##############] 0/0"); }

TEST(DurationText, HasTheUnitsPeopleUse) {
  EXPECT_EQ(duration_text(Seconds(0.2)), "0 s");
  EXPECT_EQ(duration_text(Seconds(59.4)), "59 s");
  EXPECT_EQ(duration_text(Seconds(200)), "3 min 20 s");
  EXPECT_EQ(duration_text(Seconds(7500)), "2 h 5 min");
  EXPECT_EQ(duration_text(Seconds(-3)), "0 s");
}

}  // namespace
}  // namespace argent
