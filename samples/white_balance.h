// samples/white_balance.h - what --wb says, and what it means for one frame.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aaa/controller_params.h"
#include "isp/controls.h"

namespace argent {

struct WhiteBalanceChoice {
  enum class Mode { kCamera, kAuto, kGains, kKelvin };
  Mode mode = Mode::kCamera;
  Vec3 gains{1, 1, 1};  ///< kGains: R, G, B multipliers
  float cct = 0;        ///< kKelvin
};

/// "camera", "auto", "2.0,1,1.6" or "5500" (also "5500K"). Throws Error.
WhiteBalanceChoice white_balance_from_text(std::string_view text);
std::string_view name_of(WhiteBalanceChoice::Mode mode);

/// The controllers' parameters for one frame: where the profile has no curve of whites, the frame's matrices give one.
ControllerParams controller_params_for(const RawFrame& frame, ControllerParams params);

/// Gains and cct that are known before a frame is measured. Neutral for kAuto. `curve` may be empty.
/// Throws Error for kKelvin when neither curve nor matrices are known; kCamera needs as_shot_gains.
Controls known_balance(const WhiteBalanceChoice& choice, const RawFrame& frame, const IlluminantPrior& prior);

/// Kelvin of the light that gains make neutral, by the curve, else the frame's matrices; 0: not known.
float cct_of(const Vec3& gains, const RawFrame& frame, const IlluminantPrior& prior);

}  // namespace argent
