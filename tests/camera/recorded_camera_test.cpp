#include "camera/recorded_camera.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "aaa/controller.h"
#include "camera/simulation/sensor_color.h"
#include "camera/simulation/simulated_camera.h"
#include "isp/io/mosaic_file.h"
#include "isp/io/statistics_file.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class RecordedCameraTest : public testing::Test {
 protected:
  RecordedCameraTest() : folder_(fs::path(testing::TempDir()) / ("recorded_" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~RecordedCameraTest() override { fs::remove_all(folder_); }

  fs::path frame(int number) const {
    const std::string digits = std::to_string(number);
    return folder_ / ("frame_" + std::string(4 - digits.size(), '0') + digits + ".raw");
  }

  fs::path folder_;
};

/// Everything that a decision hangs on: a step of light and of its color, mains flicker, autofocus, lost frames.
Scenario busy_scenario() {
  Scenario out;
  out.frames = 60;
  out.sensor.size = {96, 960};  // rows enough for the light's pulses to show, wherever the lens is
  out.sensor.model = "imx708";
  out.sensor.drop_rate = 0.05f;
  out.scene.motion = 0.1f;
  out.scene.highlight = 0.01f;
  out.light.flicker_hz = 100;
  out.light.flicker_depth = 0.3f;
  out.light.events.push_back({.time = 0.7f, .lux = 40, .cct = 3000});
  return out;
}

/// A user's wishes, other ones as time goes on.
Request request_at(int frame) {
  Request out;
  out.max_frame_duration = Microseconds(33'333);
  out.af_mode = AfMode::kAuto;
  if (frame == 5) out.af_trigger = AfTrigger::kStart;
  if (frame > 30) out.exposure_value = 0.5f;
  if (frame > 40) out.ae_windows = {{0.2f, 0.2f, 0.4f, 0.4f, 1}};
  return out;
}

TEST_F(RecordedCameraTest, ControllersDecideTheSameLiveFromFilesAndFromStatistics) {
  const Scenario scenario = busy_scenario();
  ControllerParams params;
  params.white_balance.prior.curve = SensorColor(scenario).cct_curve();
  params.white_balance.opinions = true;
  SimulatedCamera camera(scenario);
  PipelineParams isp;
  isp.statistics.columns = 16;
  isp.statistics.rows = 12;
  isp.shading = {camera.shading()};
  const Pipeline pipeline(isp);

  std::vector<Decision> live;
  std::vector<Statistics> measured;
  Controller controller(params);
  Controls controls;
  while (const auto raw = camera.next()) {
    const int number = static_cast<int>(live.size());
    measured.push_back(pipeline.measure(*raw, controls));
    live.push_back(controller.update(measured.back(), request_at(number)));
    controls = live.back().controls;
    camera.apply(controls.sensor);
    save_mosaic(*raw, frame(number));
  }
  ASSERT_EQ(live.size(), 60u);
  const auto reaches = [&](auto what) { return std::any_of(live.begin(), live.end(), what); };
  EXPECT_TRUE(reaches([](const Decision& d) { return d.trace.focus.state == AfState::kScanning; }));
  EXPECT_TRUE(reaches([](const Decision& d) { return d.trace.exposure.flicker.period_us > 0; }));
  EXPECT_GT(measured.back().applied.sequence, 59u);  // some were lost

  RecordedCamera recorded(folder_);
  Controller from_files(params);
  controls = {};
  int number = 0;
  while (const auto raw = recorded.next()) {
    const Decision decision = from_files.update(pipeline.measure(*raw, controls), request_at(number));
    ASSERT_EQ(decision, live[static_cast<std::size_t>(number)]) << "frame " << number;
    controls = decision.controls;
    recorded.apply(controls.sensor);
    number++;
  }
  EXPECT_EQ(number, 60);

  save_statistics(measured, folder_ / "statistics.argentst");
  Controller replayed(params);
  number = 0;
  for (const Statistics& statistics : load_statistics(folder_ / "statistics.argentst")) {
    ASSERT_EQ(replayed.update(statistics, request_at(number)), live[static_cast<std::size_t>(number)]) << "frame " << number;
    number++;
  }
}

TEST_F(RecordedCameraTest, PlaysByNameAndGoesOnAfterABrokenFrame) {
  Scenario scenario;
  scenario.sensor.size = {64, 48};
  SimulatedCamera camera(scenario);
  for (int i : {2, 0, 1}) {
    auto raw = camera.next();
    raw->applied.sequence = static_cast<std::uint64_t>(100 + i);
    save_mosaic(*raw, frame(i));
  }
  std::ofstream(frame(1), std::ios::trunc) << "short";
  std::ofstream(folder_ / "notes.txt") << "no frame";
  RecordedCamera recorded(folder_);
  EXPECT_EQ(recorded.size(), 3u);
  EXPECT_EQ(recorded.next()->applied.sequence, 100u);
  EXPECT_THROW(recorded.next(), Error);
  EXPECT_EQ(recorded.next()->applied.sequence, 102u);
  EXPECT_FALSE(recorded.next());
}

TEST_F(RecordedCameraTest, FoldersWithoutFramesAreErrors) {
  EXPECT_THROW(RecordedCamera(folder_ / "nowhere"), Error);
  EXPECT_THROW(RecordedCamera{folder_}, Error);
}

}  // namespace
}  // namespace argent
