#include "camera/simulation/light_script.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace argent {
namespace {

TEST(LightScript, StepsAndRamps) {
  LightParams params;
  params.lux = 100;
  params.cct = 5000;
  params.events.resize(3);
  params.events[0].time = 1;
  params.events[0].lux = 800;
  params.events[1].time = 2;
  params.events[1].ramp = 2;
  params.events[1].lux = 200;
  params.events[2].time = 3;
  params.events[2].cct = 3000;
  const LightScript light(params, 1);
  EXPECT_FLOAT_EQ(light.at(0.99).lux, 100);
  EXPECT_FLOAT_EQ(light.at(1).lux, 800);
  EXPECT_FLOAT_EQ(light.at(3).lux, 400);  // half way in EV
  EXPECT_FLOAT_EQ(light.at(9).lux, 200);
  EXPECT_FLOAT_EQ(light.at(2.9).cct, 5000);
  EXPECT_FLOAT_EQ(light.at(3).cct, 3000);
}

TEST(LightScript, FlickerIsTheMeanOverTheExposure) {
  LightParams params;
  params.flicker_hz = 100;
  params.flicker_depth = 0.4f;
  const LightScript light(params, 3);
  double sum = 0;
  for (int i = 0; i < 1000; i++) sum += light.flicker(0.0123 + (i + 0.5) * 7e-6, 1e-9) / 1000;
  EXPECT_NEAR(light.flicker(0.0123, 7e-3), sum, 1e-6);
  EXPECT_NEAR(light.flicker_amplitude(0.01), 0, 1e-9);
  EXPECT_NEAR(light.flicker_amplitude(0.005), 0.4 * 2 / std::numbers::pi, 1e-7);
  EXPECT_EQ(LightScript({}, 1).flicker(0.1, 0.01), 1);
}

}  // namespace
}  // namespace argent
