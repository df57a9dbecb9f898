#include "calibration/fit/pixel_defects.h"

#include <gtest/gtest.h>

#include <map>

#include "models/runtime/error.h"
#include "tests/calibration/fit/known_frames.h"

namespace argent {
namespace {

struct Captures {
  std::vector<RawFrame> darks, flats;
};

Captures captures(const KnownCamera& camera) {
  Captures out;
  for (std::uint64_t i = 0; i < 3; i++) out.darks.push_back(dark_frame(camera, 20 + i));
  for (std::uint64_t i = 0; i < 3; i++) out.flats.push_back(even_frame(camera, 0.6, 30 + i));
  return out;
}

TEST(PixelDefects, FindsThoseThereAreAndNoOthers) {
  KnownCamera camera = small_camera({1280, 960});
  camera.sensor.defects = random_defects(camera.sensor.size, 300, 11);
  const Captures set = captures(camera);
  const std::vector<PixelDefect> found = find_defects(pointers(set.darks), pointers(set.flats));
  std::map<std::pair<int, int>, PixelFault> truth;
  for (const KnownDefect& defect : camera.sensor.defects) truth[{defect.x, defect.y}] = defect.kind;
  int right = 0, wrong = 0;
  for (const PixelDefect& defect : found) {
    const auto match = truth.find({defect.x, defect.y});
    if (match == truth.end()) {
      wrong++;
    } else {
      right++;
      EXPECT_EQ(defect.kind == DefectKind::kHot, match->second == PixelFault::kHot) << defect.x << ", " << defect.y;
    }
  }
  EXPECT_GE(right, 297) << "of 300";
  EXPECT_LE(wrong, 1) << "of 1.2 million";
  EXPECT_TRUE(
      std::is_sorted(found.begin(), found.end(), [](const auto& a, const auto& b) { return std::pair(a.y, a.x) < std::pair(b.y, b.x); }));
}

TEST(PixelDefects, ACleanSensorHasNone) {
  const KnownCamera camera = small_camera({640, 480});
  const Captures set = captures(camera);
  EXPECT_TRUE(find_defects(pointers(set.darks), pointers(set.flats)).empty());
  EXPECT_TRUE(find_defects({}, {}).empty());
}

TEST(PixelDefects, EitherKindOfCaptureAloneServesItsOwnKind) {
  KnownCamera camera = small_camera({640, 480});
  camera.sensor.defects = {{100, 100, PixelFault::kHot, 0.2f}, {201, 300, PixelFault::kDead, 0.1f}};
  const Captures set = captures(camera);
  const std::vector<PixelDefect> hot = find_defects(pointers(set.darks), {});
  ASSERT_EQ(hot.size(), 1u);
  EXPECT_EQ(hot[0].x, 100);
  EXPECT_NEAR(static_cast<double>(hot[0].excess), 0.2 * 3839, 20);
  const std::vector<PixelDefect> both = find_defects({}, pointers(set.flats));
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[1].kind, DefectKind::kDark);
  EXPECT_NEAR(static_cast<double>(both[1].excess), -0.9, 0.03);
}

TEST(PixelDefects, APictureOfTheWorldIsRefused) {
  const KnownCamera camera = small_camera({640, 480});
  std::vector<RawFrame> frames;
  frames.push_back(make_capture(camera, *dots_target(camera.sensor.size, 8, 1), known_light("D65"), {.exposure_us = 12'000}));
  EXPECT_THROW(find_defects({}, pointers(frames)), Error);
}

}  // namespace
}  // namespace argent
