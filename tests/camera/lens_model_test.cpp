#include "camera/simulation/lens_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

TEST(LensModel, FollowsWithItsTimeConstant) {
  LensParams params;
  params.start_position = 1;
  params.lag = 2;
  LensModel lens(params);
  for (int frame = 1; frame <= 6; frame++) {
    lens.step(5);
    EXPECT_NEAR(lens.position(), 5 - 4 * std::exp(-frame / 2.0), 1e-5);
  }
}

TEST(LensModel, OvershootsAsMuchAsAskedAndSettles) {
  for (float overshoot : {0.05f, 0.2f, 0.4f}) {
    LensParams params;
    params.start_position = 1;
    params.lag = 20;  // slow, so that the frames sample the peak
    params.overshoot = overshoot;
    LensModel lens(params);
    float highest = 0;
    for (int frame = 0; frame < 400; frame++) highest = std::max(highest, lens.step(5));
    EXPECT_NEAR((highest - 5) / 4, overshoot, 0.01) << overshoot;
    EXPECT_NEAR(lens.position(), 5, 1e-3);
  }
}

TEST(LensModel, RestsWhereItsWayLetsIt) {
  LensParams params;
  params.start_position = 1;
  params.lag = 0;
  params.hysteresis = 0.2f;
  LensModel lens(params);
  EXPECT_NEAR(lens.step(5), 4.9f, 1e-6);
  EXPECT_NEAR(lens.step(5), 4.9f, 1e-6);
  lens.step(8);
  EXPECT_NEAR(lens.step(5), 5.1f, 1e-6);
}

TEST(LensModel, StaysInItsRange) {
  LensModel lens({});
  for (int i = 0; i < 50; i++) lens.step(1000);
  EXPECT_NEAR(lens.position(), 15, 1e-3);
  lens.step(std::nanf(""));
  EXPECT_NEAR(lens.position(), 15, 1e-3);
}

// Thin lens by hand: f = 4.7 mm at f/1.8 is an aperture of 2.61 mm; a defocus of 1 dioptre blurs to 2.61 mm x 4.7 mm / 1 m = 12.3 um.
TEST(LensModel, BlursAsAThinLens) {
  EXPECT_NEAR(blur_per_dioptre({}), 12.27 / 1.4, 0.02);
  EXPECT_NEAR(depth_of_field({}), 4 * 1.4 / 12.27, 0.002);
  EXPECT_FLOAT_EQ(falloff({}, 0.5f, 0.5f), 1);
  EXPECT_FLOAT_EQ(falloff({}, 0, 1), 0.7f);
}

}  // namespace
}  // namespace argent
