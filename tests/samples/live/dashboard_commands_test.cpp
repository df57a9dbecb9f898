#include "samples/live/dashboard_commands.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"

namespace argent {
namespace {

TEST(DashboardCommands, ChangesWhatIsNamedAndNothingElse) {
  Request before;
  before.af_mode = AfMode::kContinuous;
  const Request after =
      changed(before, R"({"ExposureValue": -0.5, "ExposureTime": "5000", "AeLocked": true, "AfWindows": "0.1,0.2,0.3,0.4"})");
  Request expected = before;
  expected.exposure_value = -0.5f;
  expected.exposure_time = Microseconds(5000);
  expected.ae_locked = true;
  expected.af_windows = {{0.1f, 0.2f, 0.3f, 0.4f}};
  EXPECT_EQ(after, expected);
  EXPECT_EQ(changed(after, R"({"ExposureTime": "auto"})").exposure_time, std::nullopt);
  EXPECT_EQ(changed(before, R"({"AfTrigger": "start"})").af_trigger, AfTrigger::kStart);
  EXPECT_EQ(changed(before, "{}"), before);
}

TEST(DashboardCommands, RefusesWhatIsNoRequest) {
  for (const char* wrong : {"", "1", "[]", "{", R"({"ExposureValue": null})", R"({"ExposureValue": {}})", R"({"ExposureValue": 9})",
                            R"({"exposurevalue": 1})", R"({"AfMode": "x"})", "{\"AfMode\": \"\xff\"}"})
    EXPECT_THROW(changed({}, wrong), Error) << wrong;
}

TEST(DashboardCommands, ReadsCaptures) {
  EXPECT_EQ(capture_job_from("{}").kind, CaptureJob::Kind::kStill);
  EXPECT_EQ(capture_job_from(R"({"format": "dng"})").format, StillFormat::kDng);
  const CaptureJob burst = capture_job_from(R"({"kind": "burst", "frames": 5})");
  EXPECT_EQ(burst.kind, CaptureJob::Kind::kBurst);
  EXPECT_EQ(burst.frames, 5);
  EXPECT_EQ(capture_job_from(R"({"kind": "bracket", "brackets": [-2, 0, 2]})").brackets, (std::vector<float>{-2, 0, 2}));
  for (const char* wrong :
       {"", "[]", R"({"kind": 1})", R"({"kind": "bracket"})", R"({"frames": 0})", R"({"frames": 65})", R"({"frames": 1.5})",
        R"({"brackets": []})", R"({"brackets": [9]})", R"({"brackets": ["x"]})", R"({"file": "/etc/passwd"})"})
    EXPECT_THROW(capture_job_from(wrong), Error) << wrong;
}

}  // namespace
}  // namespace argent
