#include "samples/live/machine_camera.h"

#include <gtest/gtest.h>

namespace argent {
namespace {

SensorLimits limits_of(double shortest, double longest, float most_gain) {
  SensorLimits limits;
  limits.shortest_exposure = Microseconds(shortest);
  limits.longest_exposure = Microseconds(longest);
  limits.most_gain = most_gain;
  return limits;
}

TEST(MachineCamera, ASensorsLimitsNarrowThoseOfATuningAndNeverWidenThem) {
  ControllerParams params;
  params.exposure.min_exposure_us = 100;
  params.exposure.max_exposure_us = 20'000;
  params.exposure.max_analogue_gain = 8;
  limit(params, limits_of(13, 33'000, 16));
  EXPECT_EQ(params.exposure.min_exposure_us, 100);
  EXPECT_EQ(params.exposure.max_exposure_us, 20'000);
  EXPECT_EQ(params.exposure.max_analogue_gain, 8);
  limit(params, limits_of(150, 10'000, 4));
  EXPECT_EQ(params.exposure.min_exposure_us, 150);
  EXPECT_EQ(params.exposure.max_exposure_us, 10'000);
  EXPECT_EQ(params.exposure.max_analogue_gain, 4);
}

TEST(MachineCamera, LimitsThatDoNotMeetGiveWhatTheSensorCan) {
  ControllerParams params;
  params.exposure.min_exposure_us = 30'000;
  params.exposure.max_exposure_us = 40'000;
  limit(params, limits_of(13, 10'000, 4));
  EXPECT_EQ(params.exposure.min_exposure_us, 10'000);
  EXPECT_EQ(params.exposure.max_exposure_us, 10'000);
}

TEST(MachineCamera, AProfileReplacesWhatWouldBeAssumed) {
  CameraProfile profile;
  const LiveCameraOptions assumed = camera_options({}, profile);
  EXPECT_FALSE(assumed.lens || assumed.delays || assumed.gains);
  profile.lens_map = {{0, 100}, {10, 600}};
  profile.delays = SettingsDelays{3, 1};
  profile.gain_table = {{1, 1}, {8, 7.5f}};
  const LiveCameraOptions known = camera_options({}, profile);
  ASSERT_TRUE(known.lens && known.delays && known.gains);
  EXPECT_EQ(known.lens->code(5), 350);
  EXPECT_EQ(known.delays, profile.delays);
  EXPECT_FLOAT_EQ(known.gains->actual(8), 7.5f);
}

TEST(MachineCamera, ALensThatStaysIsAskedForNothingElse) {
  ControllerParams params;
  limit(params, limits_of(13, 10'000, 4));
  for (const FocusRange& range : {params.focus.normal, params.focus.macro, params.focus.full}) {
    EXPECT_EQ(range.min, 0);
    EXPECT_EQ(range.max, 0);
    EXPECT_EQ(range.rest, 0);
  }
}

}  // namespace
}  // namespace argent
