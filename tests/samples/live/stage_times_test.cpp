#include "samples/live/stage_times.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <optional>
#include <thread>

namespace argent {
namespace {

using namespace std::chrono_literals;

TEST(StageTimes, EachStageHasItsOwnTimeAndLatencyBeginsWhenTheFrameWasReady) {
  StageTimes times;
  times.end(Stage::kWait);  // starts the clock
  for (int i = 0; i < 2; i++) {
    std::this_thread::sleep_for(20ms);
    times.end(Stage::kMeasure);
    std::this_thread::sleep_for(5ms);
    times.end(Stage::kSinks);
    times.end_frame(i == 0 ? std::nullopt : std::optional(StageTimes::Clock::now() - 100ms));
    times.end(Stage::kWait);
  }
  EXPECT_EQ(times.frames(), 2U);
  double measure = 0, sinks = 0, latency = 0, least = 0, longest = 0;
  const std::string table = times.table();
  ASSERT_EQ(std::sscanf(table.c_str() + table.find("measure"), "measure %lf", &measure), 1) << table;
  ASSERT_EQ(std::sscanf(table.c_str() + table.find("sinks"), "sinks %lf", &sinks), 1) << table;
  ASSERT_EQ(std::sscanf(table.c_str() + table.find("latency"), "latency %lf %lf %*f %lf", &latency, &least, &longest), 3) << table;
  EXPECT_GE(measure, 20);
  EXPECT_GE(sinks, 5);
  EXPECT_GE(least, 25);    // of the frame without a clock of its camera's: its stages
  EXPECT_GE(longest, 99);  // the other waited from the start
  EXPECT_NEAR(2 * latency, least + longest, 0.01);
  EXPECT_EQ(table.find("render"), std::string::npos);  // nobody rendered
}

}  // namespace
}  // namespace argent
