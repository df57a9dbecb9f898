// samples/live/live_loop.h - the loop of a live camera: next, measure, decide, apply, render, sinks.
//
//   LiveLoop loop([&] { return open_camera(options); }, control, {});
//   loop.add(std::make_unique<QueuedSink>(std::make_unique<Y4mVideo>("out.y4m")));
//   loop.run(stop);
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aaa/controller.h"
#include "isp/pipeline.h"
#include "isp/presets.h"
#include "samples/live/live_control.h"
#include "samples/live/live_source.h"
#include "samples/live/sink.h"
#include "samples/live/stage_times.h"

namespace argent {

enum class Pace {
  kRealTime,  ///< as the frames' durations say; who is late loses frames
  kFastest,   ///< of cameras that wait for the loop: every frame, as fast as it goes
};

struct LiveLoopOptions {
  std::uint64_t frames = 0;  ///< 0: no end
  double seconds = 0;        ///< of the frames' own time; 0: no end
  Pace pace = Pace::kRealTime;
  double fps = 0;  ///< at which a recording is played; 0: its own
  OutputParams output = {};
  std::optional<Preset> preset = {};  ///< nullopt: as the profile has it
  int threads = 0;                    ///< of a kernel; 0: all cores
  /// What is asked of a frame instead of LiveControl's request; nullopt: that one.
  std::function<std::optional<Request>(const RawFrame&)> replay = nullptr;
  std::function<void(const std::string&)> message = [](const std::string&) {
  };  ///< one line about a sink that ended, or a camera that is gone
};

class LiveLoop {
 public:
  /// Opens the camera. Throws Error.
  LiveLoop(std::function<LiveSource()> open, LiveControl& control, LiveLoopOptions options);

  void add(std::unique_ptr<Sink> sink);

  /// Until the camera ends, the limits are reached or `stop` is set; a camera that fails is opened again until then. All sinks are
  /// finished then, whatever happened. Throws Error: the camera failed and can't come back, or a sink could not finish.
  void run(const std::atomic<bool>& stop);

  /// For sinks, from take(): settings for as many frames in a row, marked as LiveFrame::bracket_step. Throws Error.
  void ask_bracket(std::span<const SensorSettings> steps) { camera_->apply_bracket(steps); }

  /// Of the camera, as opened last.
  const CameraProfile& profile() const { return profile_; }
  const Pipeline& pipeline() const { return *pipeline_; }
  std::uint64_t frames() const { return frames_; }
  /// Frames that the camera exposed and the loop did not see, by their sequence numbers.
  std::uint64_t lost() const { return lost_; }
  const StageTimes& times() const { return times_; }
  /// Frames that sinks left out.
  std::uint64_t dropped() const;

 private:
  void take(LiveSource source);
  /// Waits and opens again until it works: false when told to stop before.
  bool reopen(const std::string& why, const std::atomic<bool>& stop);
  std::optional<RawFrame> next(const std::atomic<bool>& stop);
  LiveFrame process(RawFrame raw);
  void apply_settings();
  void count_lost(const Applied& applied);
  bool reached_limit(const LiveFrame& frame);
  void show(const LiveFrame& frame);
  bool picture_wanted() const;
  void say_what_lacks(const LiveFrame& frame);
  void finish_sinks();

  std::function<LiveSource()> open_;
  LiveControl& control_;
  LiveLoopOptions options_;
  std::unique_ptr<Camera> camera_;
  bool comes_back_ = false;
  int openings_ = 0;  ///< after the first
  CameraProfile profile_;
  std::unique_ptr<Pipeline> pipeline_;
  std::optional<Controller> controller_;
  Controls current_;  ///< of the frame before
  std::vector<std::unique_ptr<Sink>> sinks_;
  std::optional<std::uint64_t> sequence_;
  std::optional<Microseconds> started_;
  std::uint64_t frames_ = 0, lost_ = 0;
  StageTimes times_;
  std::uint64_t dropped_before_ = 0;  ///< by sinks that ended
  bool said_what_lacks_ = false;
  std::string failure_;  ///< of the first sink that could not finish
};

}  // namespace argent
