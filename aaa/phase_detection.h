// aaa/phase_detection.h - private: what the pixels that look through the lens's two halves say, and a search that follows it.
#pragma once

#include "aaa/contrast_scan.h"
#include "aaa/focus_score.h"

namespace argent {

struct PhaseMeasure {
  float disparity = 0;   ///< pixels, mean by confidence and windows
  float confidence = 0;  ///< 0..1
};

PhaseMeasure measure_phase(const Statistics& statistics, std::span<const Window> windows);

struct PhaseSettings {
  FocusRange range;
  LensMotionParams lens;
  float gain = 0;        ///< dioptres a pixel
  float confidence = 0;  ///< below it phase isn't followed
};

/// Moves by the phase, waits, looks again. Phase is believed only if it shrinks as it said it would and if contrast rises with it: under
/// infrared light, on repeating patterns and with a wrong calibration it does not. Failed means: search by contrast.
/// Source: own; the test is of the residual and needs no guess about the light's color.
class PhaseScan {
 public:
  explicit PhaseScan(const PhaseSettings& settings) : settings_(settings) {}

  ScanStep update(const LensMotion& lens, const PhaseMeasure& phase, float contrast, float noise);

 private:
  ScanStep done(float contrast, float noise) const;
  ScanStep step(ScanResult result, std::string_view reason) const { return {command_, result, "phase", reason}; }

  PhaseSettings settings_;
  float command_ = 0;
  float start_ = 0, start_contrast_ = 0, highest_ = 0;
  float last_ = 0;  ///< dioptres that the phase asked for before the last move
  float moved_ = 0;
  int moves_ = 0, missing_ = 0, waited_ = 0;
  bool started_ = false;
};

}  // namespace argent
