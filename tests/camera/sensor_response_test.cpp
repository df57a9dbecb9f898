#include "camera/sensor_response.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/runtime/error.h"

namespace argent {
namespace {

TEST(GainTable, GoesThroughItsPointsAndBack) {
  const GainTable table({{1, 1}, {4, 3.6f}, {16, 13}});
  EXPECT_FLOAT_EQ(table.actual(1), 1);
  EXPECT_FLOAT_EQ(table.actual(4), 3.6f);
  EXPECT_FLOAT_EQ(table.actual(16), 13);
  EXPECT_NEAR(table.actual(2), std::sqrt(3.6f), 1e-5);  // the middle, in log-log
  EXPECT_FLOAT_EQ(table.actual(32), 26);                // beyond: as at the end
  EXPECT_FLOAT_EQ(table.actual(0.5f), 0.5f);
  for (float gain = 0.7f; gain < 40; gain *= 1.1f) EXPECT_NEAR(table.asked(table.actual(gain)) / gain, 1, 1e-5);
}

TEST(GainTable, AStepGivesTheLowestThatWasAsked) {
  const GainTable table({{1, 1}, {8, 8}, {8.2f, 8}, {9, 9}});
  EXPECT_FLOAT_EQ(table.asked(8), 8);
  EXPECT_FLOAT_EQ(table.actual(8.1f), 8);
  EXPECT_NEAR(table.asked(8.5f), 8.2 * std::pow(9 / 8.2, std::log(8.5 / 8) / std::log(9 / 8.0)), 1e-3);
  EXPECT_FLOAT_EQ(GainTable({{2, 1.8f}}).actual(4), 3.6f);
}

TEST(GainTable, RefusesWhatIsNoTable) {
  EXPECT_THROW(GainTable({}), Error);
  EXPECT_THROW(GainTable({{1, 1}, {1, 2}}), Error);
  EXPECT_THROW(GainTable({{1, 2}, {2, 1}}), Error);
  EXPECT_THROW(GainTable({{0, 1}}), Error);
  EXPECT_THROW(GainTable({{1, std::nanf("")}}), Error);
}

}  // namespace
}  // namespace argent
