#include "calibration/fit/linearity.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"
#include "tests/calibration/fit/known_frames.h"

namespace argent {
namespace {

std::vector<RawFrame> ramp(const KnownCamera& camera) {
  std::vector<RawFrame> out;
  std::uint64_t seed = 1;
  for (const double level : {0.05, 0.12, 0.25, 0.4, 0.6, 0.85}) out.push_back(even_frame(camera, level, seed++));
  return out;
}

TEST(Linearity, AStraightSensorIsStraight) {
  const KnownCamera camera = small_camera();
  const std::vector<RawFrame> frames = ramp(camera);
  const Linearity line = fit_linearity(pointers(frames), true_black(camera));
  EXPECT_LT(line.worst, 0.003);
  EXPECT_EQ(line.points.size(), 6u);
}

TEST(Linearity, ABentOneShowsByHowMuch) {
  KnownCamera camera = small_camera();
  camera.sensor.nonlinearity = 0.1;
  const std::vector<RawFrame> frames = ramp(camera);
  const Linearity line = fit_linearity(pointers(frames), true_black(camera));
  EXPECT_GT(line.worst, 0.02);
  EXPECT_LT(line.worst, 0.08);
  EXPECT_GT(line.points.front().deviation, line.points.back().deviation);
}

TEST(Linearity, ClippedExposuresAreLeftOutAndTooFewRefused) {
  const KnownCamera camera = small_camera();
  std::vector<RawFrame> frames = ramp(camera);
  frames.push_back(even_frame(camera, 3, 50));
  EXPECT_EQ(fit_linearity(pointers(frames), true_black(camera)).points.size(), 6u);
  std::vector<RawFrame> two;
  two.push_back(even_frame(camera, 0.2, 1));
  two.push_back(even_frame(camera, 0.2, 2));
  EXPECT_THROW(fit_linearity(pointers(two), true_black(camera)), Error);
}

TEST(SaturationCode, WhereCodesEndAndNowhereElse) {
  KnownCamera camera = small_camera();
  std::vector<RawFrame> frames = ramp(camera);
  EXPECT_EQ(saturation_code(pointers(frames)), 0) << "nothing is clipped";
  frames.push_back(even_frame(camera, 3, 50));
  EXPECT_NEAR(saturation_code(pointers(frames)), 4095, 1);
  // A full well below the converter's end, with a noisy edge.
  camera.sensor.full_well = 7000;
  frames.push_back(even_frame(camera, 3, 51));
  EXPECT_NEAR(saturation_code({&pointers(frames).back(), 1}), saturation_of(camera.sensor, 1, 1), 2);
}

}  // namespace
}  // namespace argent
