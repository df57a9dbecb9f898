#include "calibration/fit/dark_level.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/runtime/error.h"
#include "tests/calibration/fit/known_frames.h"

namespace argent {
namespace {

std::vector<RawFrame> darks(const KnownCamera& camera, double gain, int count) {
  std::vector<RawFrame> out;
  for (int i = 0; i < count; i++) out.push_back(dark_frame(camera, static_cast<std::uint64_t>(i) + 1, gain));
  return out;
}

TEST(DarkLevel, BlackOfEachSiteAndReadNoiseByGain) {
  KnownCamera camera = small_camera();
  camera.sensor.defects = random_defects(camera.sensor.size, 60, 3);
  for (const double gain : {1.0, 8.0}) {
    for (const int count : {1, 2, 4}) {
      const std::vector<RawFrame> frames = darks(camera, gain, count);
      const DarkLevel dark = fit_dark_level(pointers(frames));
      const double range = 4095 - 256, read = std::sqrt(static_cast<double>(noise_of(camera.sensor, gain).read)) * range;
      for (std::size_t site = 0; site < 4; site++) EXPECT_NEAR(dark.black[site], true_black(camera)[site], 0.2) << gain << " " << site;
      EXPECT_NEAR(dark.read_noise, read, 0.02 * read) << gain << ", " << count;
      EXPECT_NEAR(dark.black[1], true_black(camera)[1], 5 * dark.black_error[1]) << "within its own error";
      EXPECT_FALSE(dark.cut);
      EXPECT_LT(dark.row_noise, 0.05 * read);
      EXPECT_EQ(dark.frames, count);
    }
  }
}

TEST(DarkLevel, RowsThatShareAnOffset) {
  KnownCamera camera = small_camera({640, 480});
  camera.sensor.row_noise = 1;
  const std::vector<RawFrame> frames = darks(camera, 1, 2);
  EXPECT_NEAR(fit_dark_level(pointers(frames)).row_noise, 1, 0.15);
}

TEST(DarkLevel, CodesThatEndAtZeroAreHalfAGaussian) {
  KnownCamera camera = small_camera({640, 480});
  camera.sensor.nominal_black = 0;
  camera.sensor.black = {1, 1, 1, 1};
  const std::vector<RawFrame> frames = darks(camera, 8, 1);
  const DarkLevel dark = fit_dark_level(pointers(frames));
  EXPECT_TRUE(dark.cut);
  const double read = std::sqrt(static_cast<double>(noise_of(camera.sensor, 8).read)) * 4094;
  EXPECT_NEAR(dark.black[1], 1, 0.1 * read);
  EXPECT_NEAR(dark.read_noise, read, 0.05 * read);
}

TEST(DarkLevel, RefusesWhatIsNoDarkFrame) {
  const KnownCamera camera = small_camera();
  std::vector<RawFrame> frames;
  frames.push_back(even_frame(camera, 0.5, 1));
  EXPECT_THROW(fit_dark_level(pointers(frames)), Error);
  EXPECT_THROW(fit_dark_level({}), Error);
  frames.push_back(dark_frame(small_camera({322, 240}), 1));
  EXPECT_THROW(fit_dark_level(pointers(frames)), Error) << "two sizes";
}

}  // namespace
}  // namespace argent
