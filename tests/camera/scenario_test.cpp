#include "camera/simulation/scenario.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/runtime/error.h"

namespace argent {
namespace {

std::string complaint(std::string_view yaml) {
  try {
    parse_scenario(yaml, "s.yaml");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Scenario, AnEmptyFileIsAScenario) { EXPECT_EQ(parse_scenario("", "s.yaml").frames, 300); }

TEST(Scenario, ReadsEventsAndLeavesTheContestItsKeys) {
  const Scenario scenario = parse_scenario(
      "frames: 50\nrequest: {anything: [1]}\nexpect: 3\nlight:\n  lux: 100\n  events:\n    - {time: 1, lux: 800}\n"
      "    - {time: 2, ramp: 0.5, cct: 3000}\nsensor: {width: 320}\n",
      "s.yaml");
  EXPECT_EQ(scenario.frames, 50);
  EXPECT_EQ(scenario.sensor.size.width, 320);
  ASSERT_EQ(scenario.light.events.size(), 2u);
  EXPECT_EQ(scenario.light.events[0].lux, 800);
  EXPECT_TRUE(std::isnan(scenario.light.events[0].cct));
  EXPECT_TRUE(std::isnan(scenario.light.events[1].lux));
  EXPECT_EQ(scenario.light.events[1].ramp, 0.5f);
}

TEST(Scenario, SaysWhatIsWrong) {
  EXPECT_NE(complaint("scene: {reflectanse: 1}").find("did you mean"), std::string::npos);
  EXPECT_NE(complaint("scene: {kind: dead_leafs}").find("dead_leaves"), std::string::npos);
  EXPECT_NE(complaint("light: {lux: -1}").find("light.lux"), std::string::npos);
  EXPECT_NE(complaint("light: {events: [{time: 1, luxx: 2}]}").find("luxx"), std::string::npos);
  EXPECT_NE(complaint("light: {events: [{time: 2}, {time: 1}]}").find("time"), std::string::npos);
  EXPECT_NE(complaint("lens: {min_position: 9, max_position: 3}").find("min_position"), std::string::npos);
  EXPECT_NE(complaint("[1]"), "");
}

}  // namespace
}  // namespace argent
