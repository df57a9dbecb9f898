// aaa/auto_focus.h - private: where the lens should go: modes, triggers, pauses, time-outs around the searches.
#pragma once

#include <optional>
#include <vector>

#include "aaa/auto_focus_params.h"
#include "aaa/contrast_scan.h"
#include "aaa/decision.h"
#include "aaa/focus_score.h"
#include "aaa/lens_motion.h"
#include "aaa/phase_detection.h"
#include "aaa/request.h"
#include "aaa/scene_watch.h"

namespace argent {

struct FocusDecision {
  float lens_position = 0;  ///< dioptres
  FocusTrace trace;
};

/// Every search ends: Focused, or Failed with a reason, after AutoFocusParams::timeout at the latest.
class AutoFocus {
 public:
  explicit AutoFocus(const AutoFocusParams& params);

  FocusDecision update(const Statistics& statistics, const Request& request);

 private:
  void follow_mode(const Request& request);
  void follow_trigger(const Request& request);
  void follow_pause(const Request& request);
  void watch(const Request& request);
  void follow_windows(const Statistics& statistics, const Request& request);
  void begin(const Request& request, std::string_view reason);
  void search(const Request& request);
  void end(AfState state, std::string_view step, std::string_view reason);
  bool timed_out(Microseconds now) const;
  bool phase_usable() const;
  const FocusRange& range_of(const Request& request) const;

  AutoFocusParams params_;
  LensMotion lens_;
  ScanNoise noise_;
  std::vector<Window> windows_;  ///< that noise_ is of
  SceneWatch scene_;
  FocusMeasure measure_;  ///< of this frame
  PhaseMeasure phase_;
  Microseconds now_{0}, began_{0};

  AfMode mode_ = AfMode::kManual;
  AfState state_ = AfState::kIdle;
  AfPauseState pause_ = AfPauseState::kRunning;
  std::optional<PhaseScan> phase_scan_;
  std::optional<ContrastScan> contrast_scan_;
  bool phase_trusted_ = true;  ///< false: contrast contradicted it in this scene
  int frames_searched_ = 0, off_phase_ = 0;
  std::optional<float> target_;  ///< dioptres; nothing: the lens stays where it is
  std::string_view step_ = "idle", reason_ = "no search was asked for";
};

}  // namespace argent
