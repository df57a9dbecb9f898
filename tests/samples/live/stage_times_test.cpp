#include "samples/live/stage_times.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <thread>

namespace argent {
namespace {

using namespace std::chrono_literals;

TEST(StageTimes, EachStageHasItsOwnTimeAndAFrameTheirSum) {
  StageTimes times;
  times.end(Stage::kWait);  // starts the clock
  for (int i = 0; i < 2; i++) {
    std::this_thread::sleep_for(20ms);
    times.end(Stage::kMeasure);
    std::this_thread::sleep_for(5ms);
    times.end(Stage::kSinks);
    times.end_frame();
    times.end(Stage::kWait);
  }
  EXPECT_EQ(times.frames(), 2U);
  double measure = 0, sinks = 0, through = 0, longest = 0;
  const std::string table = times.table();
  ASSERT_EQ(std::sscanf(table.c_str() + table.find("measure"), "measure %lf", &measure), 1) << table;
  ASSERT_EQ(std::sscanf(table.c_str() + table.find("sinks"), "sinks %lf", &sinks), 1) << table;
  ASSERT_EQ(std::sscanf(table.c_str() + table.find("in all"), "in all %lf %lf", &through, &longest), 2) << table;
  EXPECT_GE(measure, 20);
  EXPECT_GE(sinks, 5);
  EXPECT_NEAR(through, measure + sinks, 0.01);
  EXPECT_GE(longest, through);
  EXPECT_EQ(table.find("render"), std::string::npos);  // nobody rendered
}

}  // namespace
}  // namespace argent
