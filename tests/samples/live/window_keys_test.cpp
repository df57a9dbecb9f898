#include <gtest/gtest.h>

#include "samples/live/window_sink.h"

namespace argent {
namespace {

TEST(WindowKeys, EachDoesWhatItsLetterSays) {
  LiveControl control;
  EXPECT_TRUE(press_key('q', control));
  EXPECT_TRUE(press_key(27, control));
  for (const int key : {'s', 'd', 'b'}) EXPECT_FALSE(press_key(key, control));
  const auto jobs = control.take_jobs();
  ASSERT_EQ(jobs.size(), 3U);
  EXPECT_EQ(jobs[0].format, StillFormat::kJpeg);
  EXPECT_EQ(jobs[1].format, StillFormat::kDng);
  EXPECT_EQ(jobs[2].brackets, (std::vector<float>{-2, 0, 2}));
  for (int i = 0; i < 3; i++) press_key('+', control);
  EXPECT_NEAR(control.request().exposure_value, 1, 1e-6);
  for (int i = 0; i < 100; i++) press_key('-', control);
  EXPECT_EQ(control.request().exposure_value, -8);
  press_key('0', control);
  EXPECT_EQ(control.request().exposure_value, 0);
  press_key('l', control);
  EXPECT_TRUE(control.request().ae_locked && control.request().awb_locked);
  press_key('l', control);
  EXPECT_FALSE(control.request().ae_locked || control.request().awb_locked);
  press_key('f', control);
  EXPECT_EQ(control.take_request().af_trigger, AfTrigger::kStart);
  const Request before = control.request();
  EXPECT_FALSE(press_key('x', control));
  EXPECT_EQ(control.request(), before);
}

}  // namespace
}  // namespace argent
