#include <gtest/gtest.h>

#include "calibration/contest/contest.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

std::string error_of(std::string_view yaml) {
  try {
    parse_contest_scenario(yaml, "s.yaml");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ContestScenario, AnEmptyFileIsOne) {
  const ContestScenario s = parse_contest_scenario("{}", "s.yaml");
  EXPECT_EQ(s.camera.frames, 300);
  EXPECT_LT(s.request.focus_at, 0);
  EXPECT_TRUE(s.variations.empty());
}

TEST(ContestScenario, RequestAndVariationsAreRead) {
  const ContestScenario s = parse_contest_scenario(
      "seed: 5\nrequest: {focus: auto, focus_at: 0.5, constraint: highlight}\nvary: {light.lux: [10, 1000, log], scene.contrast: [0.2, 1]}",
      "s.yaml");
  EXPECT_EQ(s.request.focus, AfMode::kAuto);
  EXPECT_EQ(s.request.constraint, AeConstraintMode::kHighlight);
  EXPECT_FLOAT_EQ(s.request.focus_at, 0.5f);
  ASSERT_EQ(s.variations.size(), 2u);
  EXPECT_TRUE(s.variations[0].logarithmic);
}

TEST(ContestScenario, RunsDifferAndRepeat) {
  const ContestScenario s = parse_contest_scenario("seed: 5\nvary: {light.lux: [10, 1000, log]}", "s.yaml");
  EXPECT_EQ(scenario_of_run(s, 0).seed, 5);
  EXPECT_EQ(scenario_of_run(s, 0).light.lux, s.camera.light.lux);
  EXPECT_EQ(scenario_of_run(s, 7).light.lux, scenario_of_run(s, 7).light.lux);
  double below = 0;
  for (int run = 1; run <= 400; run++) {
    const float lux = scenario_of_run(s, run).light.lux;
    ASSERT_GE(lux, 10);
    ASSERT_LE(lux, 1000);
    below += lux < 100;
  }
  EXPECT_NEAR(below / 400, 0.5, 0.08);  // evenly in the logarithm
}

TEST(ContestScenario, MistakesNameThePlace) {
  EXPECT_NE(error_of("vary: {light.luxx: [1, 2]}").find("light.lux"), std::string::npos);
  EXPECT_NE(error_of("told: {lens_lagg: 2}").find("told.lens_lag"), std::string::npos);
  EXPECT_NE(error_of("vary: {light.lux: [1]}").find("s.yaml:1"), std::string::npos);
  EXPECT_NE(error_of("vary: {light.lux: [2, 1]}").find("low <= high"), std::string::npos);
  EXPECT_NE(error_of("vary: {light.lux: [0, 1, log]}").find("positive"), std::string::npos);
  EXPECT_NE(error_of("vary: {light.lux: [1, 1e9]}"), "");
  EXPECT_NE(error_of("request: {focuss: auto}").find("focus"), std::string::npos);
  EXPECT_NE(error_of("request: {focus: sometimes}"), "");
}

TEST(ContestScenario, FocusCopesWithALensUnlikeWhatItWasTold) {
  for (const char* lens : {"lens: {lag: 0.5, overshoot: 0.3}", "lens: {lag: 0.5}\ntold: {lens_lag: 2}"}) {
    const ContestScenario s = parse_contest_scenario(
        "frames: 120\nseed: 100\nrequest: {focus: auto, focus_at: 0.5}\nvary: {scene.distance: [0.15, 2, log]}\n" + std::string(lens), "s");
    int sharp = 0;
    for (int run = 1; run <= 25; run++) {
      const RunScore score = play(s, run, "argent", {}).score;
      sharp += score.focus_state == AfState::kFocused && score.focus_error <= 0.5;
    }
    EXPECT_GE(sharp, 21) << lens;
  }
}

}  // namespace
}  // namespace argent
