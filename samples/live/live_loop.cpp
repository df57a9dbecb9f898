#include "samples/live/live_loop.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>
#include <utility>

#include "aaa/cct_curve.h"
#include "models/runtime/error.h"
#include "samples/live/paced_camera.h"

namespace argent {
namespace {

using namespace std::chrono_literals;

constexpr auto kRetry = 1s;     // between attempts to open a camera that is gone
constexpr auto kGlance = 50ms;  // between looks at `stop` meanwhile

PipelineParams pipeline_params(const CameraProfile& profile, const LiveLoopOptions& options) {
  PipelineParams params = profile.isp;
  if (options.preset) apply(*options.preset, params);
  params.output = options.output;
  params.output.camera_color_without_matrix = true;  // a camera that nobody has calibrated shows something: say_what_lacks()
  params.threads = options.threads;
  return params;
}

ControllerParams controller_params(const CameraProfile& profile, const RawFrame& frame) {
  ControllerParams params = profile.aaa;
  std::vector<CctPoint>& curve = params.white_balance.prior.curve;
  if (curve.empty()) curve = cct_curve_of(frame.sensor.matrices);
  return params;
}

}  // namespace

LiveLoop::LiveLoop(std::function<LiveSource()> open, LiveControl& control, LiveLoopOptions options)
    : open_(std::move(open)), control_(control), options_(std::move(options)) {
  take(open_());
  pipeline_ = std::make_unique<Pipeline>(pipeline_params(profile_, options_));
}

void LiveLoop::take(LiveSource source) {
  comes_back_ = source.comes_back;
  profile_ = std::move(source.profile);
  camera_ = std::move(source.camera);
  if (!source.waits && options_.pace == Pace::kRealTime) camera_ = std::make_unique<PacedCamera>(std::move(camera_), options_.fps);
  sequence_.reset();
  if (openings_ == 0) std::for_each(source.notes.begin(), source.notes.end(), options_.message);
  if (source.longest_frame.count() <= 0) return;
  control_.change([&](Request& request) {
    if (request.max_frame_duration.count() <= 0) request.max_frame_duration = source.longest_frame;
  });
}

void LiveLoop::add(std::unique_ptr<Sink> sink) { sinks_.push_back(std::move(sink)); }

bool LiveLoop::reopen(const std::string& why, const std::atomic<bool>& stop) {
  options_.message("the camera is gone: " + why + "; waiting for it to come back");
  camera_.reset();
  while (!stop) {
    for (auto waited = 0ms; waited < kRetry && !stop; waited += kGlance) std::this_thread::sleep_for(kGlance);
    if (stop) break;
    try {
      take(open_());
      openings_++;
      options_.message("the camera is back");
      return true;
    } catch (const Error&) {
      continue;  // still gone: said once
    }
  }
  return false;
}

std::optional<RawFrame> LiveLoop::next(const std::atomic<bool>& stop) {
  while (!stop) {
    try {
      return camera_->next();
    } catch (const Error& error) {
      if (!comes_back_) throw;
      if (!reopen(error.what(), stop)) return std::nullopt;
    }
  }
  return std::nullopt;
}

void LiveLoop::count_lost(const Applied& applied) {
  if (sequence_ && applied.sequence > *sequence_ + 1) lost_ += applied.sequence - *sequence_ - 1;
  sequence_ = applied.sequence;
}

std::uint64_t LiveLoop::dropped() const {
  return std::accumulate(sinks_.begin(), sinks_.end(), dropped_before_,
                         [](std::uint64_t sum, const auto& sink) { return sum + sink->dropped(); });
}

bool LiveLoop::picture_wanted() const {
  return std::any_of(sinks_.begin(), sinks_.end(), [](const auto& sink) { return sink->wants_picture(); });
}

void LiveLoop::apply_settings() {
  try {
    camera_->apply(current_.sensor);
  } catch (const Error&) {
    if (!comes_back_) throw;  // else next() says the same, and waits for the camera to come back
  }
}

LiveFrame LiveLoop::process(RawFrame raw) {
  count_lost(raw.applied);
  apply(profile_, raw);
  if (!controller_) controller_.emplace(controller_params(profile_, raw));
  LiveFrame frame;
  frame.number = frames_++;
  frame.bracket_step = camera_->bracket_step();
  frame.openings = openings_;
  std::optional<Request> replayed = options_.replay ? options_.replay(raw) : std::nullopt;
  frame.request = std::make_shared<const Request>(replayed ? std::move(*replayed) : control_.take_request());
  frame.statistics = std::make_shared<const Statistics>(pipeline_->measure(raw, current_));
  times_.end(Stage::kMeasure);
  frame.decision = std::make_shared<const Decision>(controller_->update(*frame.statistics, *frame.request));
  current_ = frame.decision->controls;
  apply_settings();
  times_.end(Stage::kDecide);
  frame.raw = std::make_shared<const RawFrame>(std::move(raw));
  if (!picture_wanted()) return frame;
  frame.picture = std::make_shared<const Image>(pipeline_->render(*frame.raw, current_));
  say_what_lacks(frame);
  times_.end(Stage::kRender);
  return frame;
}

/// Once: pictures in the sensor's own colors are better than none, but nobody should take them for right.
void LiveLoop::say_what_lacks(const LiveFrame& frame) {
  const SensorInfo& sensor = frame.raw->sensor;
  if (said_what_lacks_ || frame.picture->color_space() == ColorSpace::kSrgb || sensor.cfa == CfaPattern::kMonochrome) return;
  said_what_lacks_ = true;
  options_.message("no color matrix of " + (sensor.model.empty() ? "this camera" : "sensor " + sensor.model) +
                   " is known: pictures have its own, pale colors; --tuning tells it");
}

bool LiveLoop::reached_limit(const LiveFrame& frame) {
  const Applied& applied = frame.raw->applied;
  if (!started_) started_ = applied.timestamp;
  if (options_.frames > 0 && frames_ >= options_.frames) return true;
  return options_.seconds > 0 && (applied.timestamp + applied.frame_duration - *started_).count() >= 1e6 * options_.seconds;
}

void LiveLoop::show(const LiveFrame& frame) {
  std::erase_if(sinks_, [&](const std::unique_ptr<Sink>& sink) {
    try {
      sink->take(frame);
      return false;
    } catch (const std::exception& error) {
      options_.message(sink->name() + ": " + error.what());
      if (failure_.empty()) failure_ = sink->name() + " ended early";
      dropped_before_ += sink->dropped();
      return true;
    }
  });
}

void LiveLoop::finish_sinks() {
  for (const std::unique_ptr<Sink>& sink : sinks_) {
    try {
      sink->finish();
    } catch (const std::exception& error) {
      options_.message(sink->name() + ": " + error.what());
      if (failure_.empty()) failure_ = sink->name() + " could not be finished";
    }
  }
}

void LiveLoop::run(const std::atomic<bool>& stop) {
  std::exception_ptr failed;
  try {
    while (!stop) {
      std::optional<RawFrame> raw = next(stop);
      if (!raw) break;
      times_.end(Stage::kWait);
      const LiveFrame frame = process(std::move(*raw));
      show(frame);
      times_.end(Stage::kSinks);
      times_.end_frame(camera_->ready());
      if (reached_limit(frame)) break;
    }
  } catch (...) {
    failed = std::current_exception();
  }
  finish_sinks();
  if (failed) std::rethrow_exception(failed);
  if (!failure_.empty()) throw Error(failure_);
}

}  // namespace argent
