#include "calibration/contest/zone_balance.h"

#include <gtest/gtest.h>

#include <cmath>

#include "calibration/contest/contest.h"
#include "camera/simulation/zone_plant.h"

namespace argent {
namespace {

TEST(ZoneBalance, GainsAreBilinearBetweenNodes) {
  Controls controls;
  controls.colour_gains = {2, 1, 3};
  EXPECT_EQ(gains_at(controls, 0.3f, 0.9f), (Vec3{2, 1, 3}));
  controls.gain_map = {2, 2, {{1, 1}, {2, 1}, {1, 1}, {2, 0.5f}}};
  EXPECT_EQ(gains_at(controls, 0, 0), (Vec3{2, 1, 3}));
  EXPECT_EQ(gains_at(controls, 1, 1), (Vec3{4, 1, 1.5f}));
  EXPECT_NEAR(gains_at(controls, 0.25f, 0)[0], 2 * 1.25f, 1e-6);
  EXPECT_NEAR(gains_at(controls, 1, 0.5f)[2], 3 * 0.75f, 1e-6);
  controls.gain_map = {1, 1, {{2, 2}}};
  EXPECT_EQ(gains_at(controls, 0.7f, 0.2f), (Vec3{4, 1, 6}));
}

TEST(ZoneBalance, AMapThatKnowsBothLightsLeavesNothing) {
  const std::vector<std::array<float, 2>> white{{std::log(0.8f), std::log(0.4f)}, {std::log(0.5f), std::log(0.7f)}};
  Controls controls;
  controls.colour_gains = {1 / 0.8f, 1, 1 / 0.4f};
  ZoneErrors errors = zone_errors(white, 2, 1, controls);
  EXPECT_NEAR(errors.plain[0], 0, 1e-3);
  EXPECT_GT(errors.plain[1], 10);
  EXPECT_EQ(errors.mapped, errors.plain);
  // Nodes lie on the borders, zones a quarter inside: linear there, too.
  const float r = 0.8f / 0.5f, b = 0.4f / 0.7f;
  controls.gain_map = {2, 1, {{1 - (r - 1) / 2, 1 - (b - 1) / 2}, {r + (r - 1) / 2, b + (b - 1) / 2}}};
  errors = zone_errors(white, 2, 1, controls);
  EXPECT_NEAR(errors.mapped[0], 0, 1e-3);
  EXPECT_NEAR(errors.mapped[1], 0, 1e-3);
  EXPECT_GT(errors.plain[1], 10);
}

Scenario two_lights(float share) {
  Scenario scenario;
  scenario.scene.kind = "grey";
  scenario.sensor.noise = 0;
  scenario.light.cct = 2900;
  scenario.light.second_cct = 6500;
  scenario.light.second_share = share;
  return scenario;
}

TEST(ZoneBalance, TheTruthIsWhatAGreySceneShows) {
  const Scenario scenario = two_lights(0.5f);
  ZonePlant plant(scenario);
  const Statistics& statistics = plant.next();
  const FrameTruth& truth = plant.truth();
  ASSERT_EQ(truth.zone_white.size(), 16u * 12u);
  for (int column = 0; column < 16; column++) {
    const auto& mean = statistics.zone(column, 5).mean;
    const auto& white = truth.zone_white[static_cast<std::size_t>(5 * 16 + column)];
    EXPECT_NEAR(white[0], std::log(mean[0] / mean[1]), 0.01) << column;
    EXPECT_NEAR(white[1], std::log(mean[2] / mean[1]), 0.01) << column;
  }
  EXPECT_EQ(truth.zone_white.front(), truth.white);
  EXPECT_EQ(truth.zone_white.back(), truth.second_white);
  EXPECT_TRUE(ZonePlant(Scenario{}).truth().zone_white.empty());
}

TEST(ZoneBalance, ARunCountsMixedLight) {
  ContestScenario contest;
  contest.camera = two_lights(0.5f);
  contest.camera.frames = 20;
  contest.request.mixed_light = true;
  const auto run = play(contest, 0, "argent", {});
  EXPECT_TRUE(run.score.two_lights);
  EXPECT_GT(run.score.zone_angle_plain, 5);
  EXPECT_LT(run.score.zone_angle, run.score.zone_angle_plain);
  EXPECT_EQ(run.zones.mapped.size(), 16u * 12u);
  contest.camera.light.second_cct = 0;
  EXPECT_EQ(play(contest, 0, "argent", {}).score.zone_angle_plain, 0);
  EXPECT_TRUE(play(contest, 0, "argent", {}).zones.mapped.empty());
}

}  // namespace
}  // namespace argent
