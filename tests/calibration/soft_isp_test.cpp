#include "calibration/contest/soft_isp.h"

#include <gtest/gtest.h>

namespace argent {
namespace {

/// A frame with all its luma in one of the five bins, 1 to 5.
Statistics all_in_bin(int number, double exposure_us, float gain) {
  Statistics s;
  s.luma.fill(0);
  s.luma[static_cast<std::size_t>((number - 1) * Statistics::kBins / 5 + 10)] = 100;
  s.applied.settings.exposure = Microseconds(exposure_us);
  s.applied.settings.analogue_gain = gain;
  return s;
}

SensorSettings asked(const Statistics& s) {
  Request request;
  request.max_frame_duration = Microseconds(33333);
  return make_soft_isp({})->update(s, request).controls.sensor;
}

// 4 % for each bin that is missing to 2.5.
TEST(SoftIsp, StepsWithTheError) {
  EXPECT_NEAR(asked(all_in_bin(1, 10000, 1)).exposure.count(), 10600, 1e-3);
  EXPECT_NEAR(asked(all_in_bin(5, 10000, 1)).exposure.count(), 9000, 1e-3);
  Statistics half = all_in_bin(2, 10000, 1);
  half.luma[2 * Statistics::kBins / 5 + 10] = 60;  // mean 2.375, within 0.2
  EXPECT_EQ(asked(half).exposure.count(), 10000);
}

TEST(SoftIsp, GainComesLastAndGoesFirst) {
  EXPECT_FLOAT_EQ(asked(all_in_bin(1, 20000, 1)).analogue_gain, 1);
  const SensorSettings up = asked(all_in_bin(1, 33245, 1));  // what a sensor makes of 33333 in whole lines
  EXPECT_FLOAT_EQ(up.analogue_gain, 1.06f);
  const SensorSettings down = asked(all_in_bin(5, 20000, 2));
  EXPECT_FLOAT_EQ(down.analogue_gain, 1.8f);
  EXPECT_EQ(down.exposure.count(), 20000);
}

}  // namespace
}  // namespace argent
