#include "calibration/training/synthetic_camera.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "aaa/cct_curve.h"
#include "aaa/illuminants/zone_colors.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/reflectances.h"
#include "models/runtime/error.h"
#include "tests/calibration/small_world.h"

namespace argent {
namespace {

TEST(SyntheticCamera, CurveIsItsWhitesUnderNaturalLight) {
  const SpectralWorld world = small_world();
  for (std::uint64_t number = 0; number < 40; number++) {
    const SyntheticCamera camera = synthetic_camera(world, 3, number, 0);
    ASSERT_GE(camera.curve.size(), 6u);
    EXPECT_GE(camera.curve.front().cct, 2000);
    EXPECT_LE(camera.curve.front().cct, 2570);
    EXPECT_GE(camera.curve.back().cct, 7500);
    EXPECT_LE(camera.curve.back().cct, 10'001);
    for (const CctPoint& point : camera.curve) {
      const Vec3 white = response(camera.sensitivities, natural_light(point.cct), white_surface());
      EXPECT_FLOAT_EQ(point.red, white[0]);
      EXPECT_FLOAT_EQ(point.blue, white[2]);
    }
    for (std::size_t i = 1; i < camera.curve.size(); i++) {
      EXPECT_GT(camera.curve[i].cct, camera.curve[i - 1].cct);
      EXPECT_LT(camera.curve[i].red, camera.curve[i - 1].red);
      EXPECT_GT(camera.curve[i].blue, camera.curve[i - 1].blue);
    }
  }
}

TEST(SyntheticCamera, CurveErrorIsOfItsSize) {
  const SpectralWorld world = small_world();
  double squares = 0;
  constexpr int kCameras = 400;
  for (std::uint64_t number = 0; number < kCameras; number++) {
    const CctPoint off = synthetic_camera(world, 3, number, .02f).curve[2], on = synthetic_camera(world, 3, number, 0).curve[2];
    EXPECT_EQ(off.cct, on.cct);
    squares += std::pow(std::log(off.red / on.red), 2) + std::pow(std::log(off.blue / on.blue), 2);
  }
  EXPECT_NEAR(std::sqrt(squares / (2 * kCameras)), .02, .0015);
}

TEST(SyntheticCamera, MeasuredOnesAndMixtures) {
  SpectralWorld world = small_world();
  std::set<std::string> names;
  for (std::uint64_t number = 0; number < 200; number++) names.insert(synthetic_camera(world, 3, number, 0).name);
  EXPECT_GT(names.size(), 130u) << "most are mixtures, no two of which are one camera";
  EXPECT_LT(names.size(), 175u);
  EXPECT_TRUE(names.contains("small_0") && names.contains("small_1") && names.contains("small_2"));
  EXPECT_NE(synthetic_camera(world, 3, 7, 0).curve.front().red, synthetic_camera(world, 4, 7, 0).curve.front().red) << "another seed";
  world.cameras.clear();
  EXPECT_THROW(synthetic_camera(world, 3, 0, 0), Error);
}

TEST(SyntheticCamera, MatricesSayWhatTheCurveSays) {
  const SpectralWorld world = small_world();
  for (std::uint64_t number = 0; number < 20; number++) {
    const SyntheticCamera camera = synthetic_camera(world, 3, number, 0);
    const std::vector<ColorMatrix> matrices = color_matrices_of(camera, world);
    ASSERT_EQ(matrices.size(), 2u);
    EXPECT_EQ(matrices[0].cct, 2856);
    EXPECT_EQ(matrices[1].cct, 6504);
    IlluminantPrior prior;
    prior.curve = cct_curve_of(matrices);
    for (const CctPoint& point : camera.curve) {
      if (point.cct < 2800 || point.cct > 6600) continue;  // between the two lights
      EXPECT_LT(curve_offset(prior, std::log(point.red), std::log(point.blue)).distance, .03f) << camera.name << " at " << point.cct;
    }
  }
  SpectralWorld grey = world;
  grey.surfaces.assign(1, {white_surface(), SurfaceKind::kGrey});
  EXPECT_THROW(color_matrices_of(synthetic_camera(world, 3, 0, 0), grey), Error) << "one color fits no matrix";
}

}  // namespace
}  // namespace argent
