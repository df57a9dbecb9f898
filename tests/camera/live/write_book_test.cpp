#include "camera/live/write_book.h"

#include <gtest/gtest.h>

namespace argent {
namespace {

constexpr std::int64_t kMs = 1'000'000;

/// Frames of 33 ms.
FrameClock clock_of(int frames) {
  FrameClock clock;
  for (int i = 0; i < frames; i++) clock.started(i, 33 * kMs * i);
  return clock;
}

TEST(WriteBook, AWriteLandsItsLatencyLater) {
  WriteBook book(2, 500);
  book.wrote(700, 1, 33 * kMs + 5 * kMs, 33 * kMs + 6 * kMs);  // while frame 1 is exposed
  const FrameClock clock = clock_of(8);
  EXPECT_EQ(book.at(clock, 1).value, 500);
  EXPECT_EQ(book.at(clock, 2).value, 500);
  EXPECT_EQ(book.at(clock, 3).value, 700);
  EXPECT_EQ(book.at(clock, 3).decision, 1u);
  EXPECT_TRUE(book.at(clock, 3).certain);
  EXPECT_EQ(book.at(clock, 7).value, 700);
}

TEST(WriteBook, AWriteAcrossAStartLeavesOneFrameUnknown) {
  WriteBook book(1, 16);
  book.wrote(32, 1, 66 * kMs - kMs / 10, 66 * kMs + kMs / 10);  // between frames 1 and 2
  const FrameClock clock = clock_of(6);
  EXPECT_TRUE(book.at(clock, 1).certain);
  EXPECT_FALSE(book.at(clock, 2).certain);
  EXPECT_TRUE(book.at(clock, 3).certain);
  EXPECT_EQ(book.at(clock, 3).value, 32);
}

TEST(WriteBook, JustBeforeAStartIsTooClose) {
  WriteBook book(1, 16);
  book.wrote(32, 1, 66 * kMs - kMs / 2, 66 * kMs - kMs / 4);
  EXPECT_FALSE(book.at(clock_of(6), 2).certain);
}

TEST(WriteBook, TheSameValueAgainIsNoQuestion) {
  WriteBook book(1, 16);
  book.wrote(16, 1, 66 * kMs - kMs / 10, 66 * kMs + kMs / 10);
  EXPECT_TRUE(book.at(clock_of(6), 2).certain);
}

TEST(WriteBook, AWriteWhileStartsWentUnseenIsUnknownUntilTheLatest) {
  FrameClock clock;
  clock.started(0, 0);
  clock.started(1, 33 * kMs);
  clock.started(4, 132 * kMs);  // 2 and 3 started sometime in between
  WriteBook book(1, 16);
  book.wrote(32, 1, 50 * kMs, 51 * kMs);
  EXPECT_TRUE(book.at(clock, 1).certain);
  EXPECT_FALSE(book.at(clock, 2).certain);
  EXPECT_FALSE(book.at(clock, 3).certain);
  EXPECT_TRUE(book.at(clock, 4).certain);
}

TEST(WriteBook, TheLastOfSeveralCounts) {
  WriteBook book(2, 1);
  book.wrote(2, 1, 34 * kMs, 35 * kMs);
  book.wrote(3, 2, 40 * kMs, 41 * kMs);
  book.wrote(4, 3, 70 * kMs, 71 * kMs);
  const FrameClock clock = clock_of(8);
  EXPECT_EQ(book.at(clock, 2).value, 1);
  EXPECT_EQ(book.at(clock, 3).value, 3);
  EXPECT_EQ(book.at(clock, 4).value, 4);
  EXPECT_EQ(book.last_written(), 4);
}

TEST(FrameClock, BeforeTheFirstStart) {
  EXPECT_EQ(FrameClock().earliest(5), -1);
  EXPECT_EQ(FrameClock().latest(5), -1);
  FrameClock clock;
  clock.started(0, 10);
  EXPECT_EQ(clock.earliest(5), -1);
  EXPECT_EQ(clock.latest(5), -1);
  EXPECT_EQ(clock.earliest(15), 0);
}

}  // namespace
}  // namespace argent
