// aaa/contrast_scan.h - private: one search by contrast, from the trigger to Focused or Failed.
#pragma once

#include <string_view>

#include "aaa/auto_focus_params.h"
#include "aaa/focus_score.h"
#include "aaa/focus_search.h"
#include "aaa/lens_motion.h"

namespace argent {

enum class ScanResult { kRunning, kFocused, kFailed };

struct ScanStep {
  float command = 0;  ///< dioptres, where the lens is sent
  ScanResult result = ScanResult::kRunning;
  std::string_view step, reason;
};

/// Of the coarse scale's contrast, and of both scales' together.
struct ScanNoise {
  FocusNoise coarse, both;
};

struct ScanSettings {
  FocusRange range;
  float speed = 1;      ///< dioptres a frame of the first sweep
  float fine_step = 1;  ///< dioptres a frame of a sweep around a peak
  LensMotionParams lens;
};

/// The lens sweeps up through the range without stopping; each frame's contrast belongs to where the lens was by then. The peak is
/// estimated as soon as it was passed for certain. The lens goes back below it, comes up to it (play is always taken up from the same side)
/// and must find there the contrast that was expected. If not, or if the estimate is loose, a slow sweep around the peak comes between.
class ContrastScan {
 public:
  ContrastScan(const ScanSettings& settings, const LensMotion& lens);

  /// The coarse scale's peak is wide enough for the first sweep, both together are exact.
  /// In a sweep: the peak isn't known yet.
  bool looking() const { return step_ == Step::kTravel || step_ == Step::kSweep; }

  ScanStep update(const LensMotion& lens, const FocusMeasure& measure, const ScanNoise& noise);

 private:
  enum class Step { kTravel, kSweep, kReturn, kApproach, kVerify };

  void sweep(float from, float to, float speed, const LensMotion& lens);
  ScanStep move_on(const LensMotion& lens, float noise);
  void collect(const LensMotion& lens, float contrast);
  bool passed(float contrast, float noise) const;
  ScanStep evaluate(const LensMotion& lens, float noise);
  ScanStep fine(float around, float reach, const LensMotion& lens, std::string_view reason);
  ScanStep go_back(const LensMotion& lens);
  ScanStep verify(const LensMotion& lens, const FocusMeasure& measure, const ScanNoise& tracked);
  ScanStep running(std::string_view reason) const;
  ScanStep fail(std::string_view reason) const;

  ScanSettings settings_;
  Step step_ = Step::kTravel;
  FocusSearch search_{{}};
  float from_ = 0, to_ = 0, speed_ = 1;  ///< of the sweep that runs
  int waits_ = 0;                        ///< frames left of a travel or return, or gone by in a wait
  int sweeps_ = 0, fine_sweeps_ = 0;
  bool fine_ = false;
  float command_ = 0;
  FocusPeak peak_;
  float verified_ = 0, verified_both_ = 0;  ///< sums of the contrast at the peak: of the scale that was swept, of both
  float highest_ = 0;                       ///< of both scales, in any frame since the sweep began
  int verifications_ = 0, checks_ = 0, confirmed_ = 0;
  float checked_ = 0;  ///< contrast in the last check
};

}  // namespace argent
