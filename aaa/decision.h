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

/// The trace is data: programs print or plot it, controllers never read it back.
struct ExposureTrace {
  AeState state = AeState::kIdle;
  float measured = 0;  ///< metered luma of this frame, 0..1
  float target = 0;    ///< what it should be
  float error = 0;     ///< EV: positive = the frame is too dark
  float clipped = 0;   ///< fraction of all pixels at saturation
  float dark = 0;
  float lux = 0;            ///< guess from exposure, gain, aperture and luma; 0: not known
  std::string_view reason;  ///< which constraint won: "target", "highlights", "no light", "limits", "manual", "locked", "held: .."
};

struct EstimatorOpinion {
  std::string_view name;
  Illuminant illuminant;
};

struct WhiteBalanceTrace {
  Illuminant illuminant;                   ///< the fused belief that the gains follow
  std::vector<EstimatorOpinion> opinions;  ///< each estimator's own
  int zones_used = 0, zones_dark = 0, zones_clipped = 0, zones_off_curve = 0;
  float confidence = 0;     ///< 0..1
  float duv = 0;            ///< distance of the gains from the sensor's cct curve, in log units, greenish positive; 0 without a curve
  std::string_view reason;  ///< "estimate", "held: no evidence", "held: no cct curve", "manual", "locked" ..
};

struct FocusTrace {
  std::array<float, 2> score{};  ///< centre-weighted over zones, two scales
};

struct Trace {
  ExposureTrace exposure;
  WhiteBalanceTrace white_balance;
  FocusTrace focus;
};

struct Decision {
  Controls controls;
  Trace trace;
};

}  // namespace argent
