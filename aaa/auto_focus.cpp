#include "aaa/auto_focus.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr int kMaxFrames = 300;      // of a search, where frames have no time
constexpr int kOffPhase = 3;         // frames in a row that phase must ask for a move before a focused lens follows
constexpr float kSameWindow = 0.2f;  // relative: a window that follows its subject sees about as much contrast as before
constexpr float kMaxPosition = 100;  // dioptres, of the description of the ranges

bool finite(Microseconds t) { return std::isfinite(t.count()); }

}  // namespace

AutoFocus::AutoFocus(const AutoFocusParams& params)
    : params_(params), lens_(params.lens.lag), scene_(params.retrigger_ratio, params.retrigger_delay) {}

FocusDecision AutoFocus::update(const Statistics& statistics, const Request& request) {
  lens_.update(statistics.applied);
  measure_ = measure_focus(statistics, request.af_windows);
  phase_ = measure_phase(statistics, request.af_windows);
  if (finite(statistics.applied.timestamp)) now_ = statistics.applied.timestamp;
  follow_windows(statistics, request);
  if (lens_.at_rest() && measure_.valid) {
    noise_.both.add(measure_.contrast());
    noise_.coarse.add(measure_.score[1]);
  } else {
    noise_.both.interrupt();
    noise_.coarse.interrupt();
  }
  follow_mode(request);
  follow_pause(request);
  follow_trigger(request);
  if (state_ == AfState::kScanning) {
    search(request);
  } else if (mode_ == AfMode::kContinuous && pause_ == AfPauseState::kRunning) {
    watch(request);
  }

  FocusDecision out;
  out.lens_position = target_.value_or(lens_.applied());
  out.trace = {.state = state_,
               .pause_state = pause_,
               .score = measure_.score,
               .lens_position = lens_.applied(),
               .target = out.lens_position,
               .phase = phase_.disparity,
               .phase_confidence = phase_.confidence,
               .frames_searched = frames_searched_,
               .step = step_,
               .reason = reason_,
               .estimated_position = lens_.position(),
               .noise = noise_.both.relative(measure_.contrast())};
  return out;
}

/// Another part of the scene: the change is no noise, and a search that is under way has looked at something else.
void AutoFocus::follow_windows(const Statistics& statistics, const Request& request) {
  if (request.af_windows == windows_) return;
  const FocusMeasure before = measure_focus(statistics, windows_);
  windows_ = request.af_windows;
  noise_ = {};
  if (state_ != AfState::kScanning) return;
  const bool alike = std::abs(measure_.contrast() - before.contrast()) <= kSameWindow * before.contrast();
  if (alike) return;
  // The time-out runs on: windows that never come to rest must not keep a search from ending.
  const Microseconds began = began_;
  const int frames = frames_searched_;
  begin(request, "another window");
  began_ = began;
  frames_searched_ = frames;
}

/// libcamera: another mode begins Idle (Continuous: with a search); Manual goes where it is told.
void AutoFocus::follow_mode(const Request& request) {
  if (request.af_mode != mode_) {
    mode_ = request.af_mode;
    pause_ = AfPauseState::kRunning;
    end(AfState::kIdle, "idle", "the mode changed");
    if (state_ == AfState::kIdle && mode_ == AfMode::kContinuous) begin(request, "continuous autofocus began");
  }
  if (mode_ != AfMode::kManual) return;
  if (!request.lens_position) return;
  if (!std::isfinite(*request.lens_position)) {
    reason_ = "held: the position asked for is not a number";
    return;
  }
  target_ = std::clamp(*request.lens_position, 0.0f, kMaxPosition);
  step_ = "manual";
  reason_ = "the position that was asked for";
}

void AutoFocus::follow_trigger(const Request& request) {
  if (mode_ != AfMode::kAuto || !request.af_trigger) return;
  if (*request.af_trigger == AfTrigger::kStart) begin(request, "triggered");
  if (*request.af_trigger == AfTrigger::kCancel) {
    target_ = lens_.applied();
    end(AfState::kIdle, "idle", "the search was cancelled");
  }
}

void AutoFocus::follow_pause(const Request& request) {
  if (mode_ != AfMode::kContinuous) return;
  const bool searching = state_ == AfState::kScanning;
  if (request.af_pause == AfPause::kImmediate) {
    if (searching) {
      target_ = lens_.applied();
      end(AfState::kFailed, "failed", "paused during a search");
    }
    pause_ = AfPauseState::kPaused;
  } else if (request.af_pause == AfPause::kDeferred && pause_ == AfPauseState::kRunning) {
    pause_ = searching ? AfPauseState::kPausing : AfPauseState::kPaused;
  } else if (request.af_pause == AfPause::kResume && pause_ != AfPauseState::kRunning) {
    pause_ = AfPauseState::kRunning;
    // A search that goes on needs no new one; what happened during the pause nobody watched.
    if (!searching) begin(request, "resumed");
  }
}

/// Continuous, at rest: is this still what was focused on?
void AutoFocus::watch(const Request& request) {
  if (state_ == AfState::kFocused && phase_trusted_ && phase_usable()) {
    const bool off = std::abs(phase_.disparity * params_.phase_gain) > params_.lens.depth_of_field / 2;
    off_phase_ = off ? off_phase_ + 1 : 0;
    if (off_phase_ >= kOffPhase) {
      begin(request, "phase left zero");
      return;
    }
  }
  if (!lens_.arrived(target_.value_or(lens_.applied()), params_.lens.settle_frames)) return;
  if (scene_.update(measure_, noise_.both)) {
    phase_trusted_ = true;
    begin(request, "the scene changed");
  } else if (scene_.changed()) {
    reason_ = "the scene changed: waiting until it is steady";
  }
}

bool AutoFocus::phase_usable() const { return params_.phase_gain != 0 && phase_.confidence >= params_.phase_confidence; }

const FocusRange& AutoFocus::range_of(const Request& request) const {
  switch (request.af_range) {
    case AfRange::kMacro:
      return params_.macro;
    case AfRange::kFull:
      return params_.full;
    default:
      return params_.normal;
  }
}

void AutoFocus::begin(const Request& request, std::string_view reason) {
  if (mode_ == AfMode::kAuto) phase_trusted_ = true;
  phase_scan_.reset();
  contrast_scan_.reset();
  if (phase_trusted_ && phase_usable()) {
    phase_scan_ = PhaseScan({range_of(request), params_.lens, params_.phase_gain, params_.phase_confidence});
  }
  state_ = AfState::kScanning;
  began_ = now_;
  frames_searched_ = 0;
  off_phase_ = 0;
  step_ = "trigger";
  reason_ = reason;
  scene_.forget();
}

bool AutoFocus::timed_out(Microseconds now) const {
  return now.count() - began_.count() > params_.timeout * 1e6 || frames_searched_ > kMaxFrames;
}

void AutoFocus::search(const Request& request) {
  frames_searched_++;
  if (timed_out(now_)) {
    target_ = range_of(request).rest;
    end(AfState::kFailed, "failed", "timed out");
    return;
  }
  if (!measure_.valid) {
    reason_ = "held: no zone has light and numbers";
    return;
  }
  const float contrast = measure_.contrast(), noise = noise_.both.relative(measure_.contrast());
  // Far out of focus phase sees nothing; on the way through the range it may begin to.
  if (contrast_scan_ && contrast_scan_->looking() && phase_trusted_ && phase_usable()) {
    contrast_scan_.reset();
    phase_scan_ = PhaseScan({range_of(request), params_.lens, params_.phase_gain, params_.phase_confidence});
  }
  const bool by_phase = phase_scan_.has_value();
  if (!by_phase && !contrast_scan_) {
    const float speed = request.af_speed == AfSpeed::kFast ? params_.fast_speed : params_.normal_speed;
    contrast_scan_.emplace(ScanSettings{range_of(request), speed, params_.fine_step, params_.lens}, lens_);
  }
  const ScanStep next = by_phase ? phase_scan_->update(lens_, phase_, contrast, noise) : contrast_scan_->update(lens_, measure_, noise_);
  target_ = next.command;
  step_ = next.step;
  reason_ = next.reason;
  if (next.result == ScanResult::kFocused) end(AfState::kFocused, "focused", next.reason);
  if (next.result != ScanResult::kFailed) return;
  if (by_phase) {  // the trace has said why; contrast decides from the next frame on
    phase_trusted_ = false;
    phase_scan_.reset();
  } else {
    end(AfState::kFailed, next.step, next.reason);
  }
}

void AutoFocus::end(AfState state, std::string_view step, std::string_view reason) {
  state_ = state;
  step_ = step;
  reason_ = reason;
  phase_scan_.reset();
  contrast_scan_.reset();
  if (pause_ == AfPauseState::kPausing) pause_ = AfPauseState::kPaused;
}

}  // namespace argent
