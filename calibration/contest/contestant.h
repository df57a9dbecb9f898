// calibration/contest/contestant.h - who takes part: Argent's controller, and the best open ones re-implemented from their description.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "aaa/controller_params.h"
#include "aaa/decision.h"
#include "aaa/request.h"

namespace argent {

/// Same promise as Controller. A contestant that does not do one of the three As leaves those settings as they are.
class Contestant {
 public:
  virtual ~Contestant() = default;
  virtual Decision update(const Statistics& statistics, const Request& request) = 0;

  /// EV that a frame without noise lacks for this contestant's own target, judged from that frame alone. No state is changed. Finite
  /// whatever the request fixes: locks and manual settings do not change what the scene wants.
  virtual double exposure_error(const Statistics& clean, const Request& request, const Vec3& gains) const = 0;
};

/// "argent", "raspberrypi" or "softisp"; "argent:NAME" is Argent with another estimator of the light (aaa/illuminant.h). Throws Error,
/// which lists them, for any other name. `params`: sensor and lens facts that every contestant is told (cct curve, limits, lens range); its
/// own tuning is its own.
std::unique_ptr<Contestant> make_contestant(std::string_view name, const ControllerParams& params);
std::span<const std::string_view> contestant_names();

}  // namespace argent
