// aaa/decision.h - what was decided for one frame, and why.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aaa/illuminant.h"
#include "isp/controls.h"

namespace argent {

/// libcamera's AeState.
enum class AeState { kIdle, kSearching, kConverged };

/// libcamera's AfState and AfPauseState.
enum class AfState { kIdle, kScanning, kFocused, kFailed };
enum class AfPauseState { kRunning, kPausing, kPaused };

/// Whether the mains lights pulse, and what is done about it.
struct FlickerTrace {
  float period_us = 0;   ///< of the light: 10000 or 8333; 0: none found (or asked for)
  float confidence = 0;  ///< 0..1
  float modulation = 0;  ///< amplitude of the pulsing seen in the row sums, relative to their mean
  bool avoided = false;  ///< this decision's exposure is a whole number of periods
  /// "off", "manual", "manual: no period", "no row sums", "nothing seen", "searching", "probing", "stripes", "found", "held", "too bright
  /// to avoid" (the exposure is shorter than one period), "manual exposure" (and so not a whole number of periods).
  std::string_view reason;
  bool operator==(const FlickerTrace&) const = default;
};

/// The trace is data: programs print or plot it, controllers never read it back.
struct ExposureTrace {
  AeState state = AeState::kIdle;
  float measured = 0;        ///< metered luma of this frame, 0..1; above 1 is a guess
  float target = 0;          ///< what it should be
  float error = 0;           ///< EV: positive = the frame is too dark
  float pull = 0;            ///< EV by which constraints and the largest step moved the correction away from the error
  float noise = 0;           ///< EV, standard deviation of a frame's correction, as the filter sees it
  float clipped = 0;         ///< fraction of all pixels at saturation
  float dark = 0;            ///< fraction of all pixels in the lowest 1/512
  float lux = 0;             ///< guess from exposure, gain, aperture and luma; 0: not known
  double applied_total = 0;  ///< microseconds x gain of this frame; 0: not known
  double wanted_total = 0;   ///< microseconds x gain that the scene asks for, filtered, before any limit; 0: not known
  std::string_view
      reason;  ///< which constraint won: "target", "highlights", "shadows", "no light", "limits", "manual", "locked", "held: .."
  FlickerTrace flicker;
  bool operator==(const ExposureTrace&) const = default;
};

struct EstimatorOpinion {
  std::string_view name;
  Illuminant illuminant;
  bool operator==(const EstimatorOpinion&) const = default;
};

struct WhiteBalanceTrace {
  Illuminant illuminant;                   ///< the fused belief that the gains follow
  std::vector<EstimatorOpinion> opinions;  ///< each estimator's own
  int zones_used = 0, zones_dark = 0, zones_clipped = 0, zones_off_curve = 0;
  float confidence = 0;     ///< 0..1
  float duv = 0;            ///< distance of the gains from the sensor's cct curve, in log units, greenish positive; 0 without a curve
  std::string_view reason;  ///< "estimate", "held: no evidence", "held: no cct curve", "manual", "locked" ..
  int lights = 1;           ///< 2: mixed light was found
  std::array<float, 2> second_light{};  ///< (u, v) of the other light, where lights is 2
  bool operator==(const WhiteBalanceTrace&) const = default;
};

struct FocusTrace {
  AfState state = AfState::kIdle;
  AfPauseState pause_state = AfPauseState::kRunning;
  std::array<float, 2> score{};  ///< weighted mean over zones, two scales
  float lens_position = 0;       ///< dioptres, in force when this frame was taken
  float target = 0;              ///< dioptres, where the lens is sent
  float phase = 0;               ///< weighted disparity in pixels; 0 without phase detection
  float phase_confidence = 0;    ///< 0..1
  int frames_searched = 0;       ///< since the search began
  std::string_view step;         ///< "idle", "coarse", "fine", "settle", "phase", ..
  std::string_view reason;       ///< why the lens moved or did not
  float estimated_position = 0;  ///< dioptres, where the lens is believed to have been: behind lens_position while it moves
  float noise = 0;               ///< of the score from frame to frame, relative to it
  bool operator==(const FocusTrace&) const = default;
};

struct Trace {
  ExposureTrace exposure;
  WhiteBalanceTrace white_balance;
  FocusTrace focus;
  bool damaged = false;  ///< the frame seems to have broken off on its way: nothing was learnt from it
  bool operator==(const Trace&) const = default;
};

struct Decision {
  Controls controls;
  Trace trace;
  bool operator==(const Decision&) const = default;
};

}  // namespace argent
