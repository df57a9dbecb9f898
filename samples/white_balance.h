// samples/white_balance.h - what --wb says, and what it means for one frame.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aaa/controller_params.h"
#include "isp/controls.h"

namespace argent {

struct WhiteBalanceChoice {
  enum class Mode { kCamera, kAuto, kGains, kKelvin, kBox };
  Mode mode = Mode::kCamera;
  Vec3 gains{1, 1, 1};  ///< kGains: R, G, B multipliers
  float cct = 0;        ///< kKelvin
  Rect box{};           ///< kBox: what is to come out grey, in pixels of the upright picture at full size, before its crop
  /// How much more magenta than that the picture is to be, greener below 0, as Adobe's programs count it: 1 is a Duv of the light of
  /// 1/3000, so 150 is 0.05.
  float tint = 0;
};
inline constexpr float kLargestTint = 150;

/// "camera", "auto", "2.0,1,1.6", "5500" (also "5500K") or "box 100,200,50,50". Throws Error, which begins with `source`.
WhiteBalanceChoice white_balance_from_text(std::string_view text, std::string_view source = "--wb");
std::string_view name_of(WhiteBalanceChoice::Mode mode);

/// The controllers' parameters for one frame: where the profile has no curve of whites, the frame's matrices give one.
ControllerParams controller_params_for(const RawFrame& frame, ControllerParams params);

/// Gains and cct that are known before a frame is measured. Neutral for kAuto. `curve` may be empty.
/// Throws Error for kKelvin when neither curve nor matrices are known; kCamera needs as_shot_gains. kBox: what balance_of_box() found
/// stands in choice.gains. The tint is not in it: see with_tint().
Controls known_balance(const WhiteBalanceChoice& choice, const RawFrame& frame, const IlluminantPrior& prior);

/// The controls with the light moved across the locus by choice.tint; unchanged where that is 0. Throws Error without a color matrix, or
/// when no light is there.
Controls with_tint(Controls controls, const WhiteBalanceChoice& choice, const RawFrame& frame);

/// Kelvin of the light that gains make neutral, by the curve, else the frame's matrices; 0: not known.
float cct_of(const Vec3& gains, const RawFrame& frame, const IlluminantPrior& prior);

}  // namespace argent
