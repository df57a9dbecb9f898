// camera/simulation/zone_plant.h - the simulated camera without pixels: zones of scene radiance straight to Statistics.
//
// Same scenario, same sensor, lens and light models as SimulatedCamera, checked against it; a thousand times faster. Deterministic: the
// same scenario and the same settings give the same statistics.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "camera/simulation/frame_truth.h"
#include "camera/simulation/scenario.h"
#include "isp/color.h"
#include "isp/statistics.h"

namespace argent {

class ZonePlant {
 public:
  /// Throws Error for a scenario that can't be (unknown sensor, a spectrum that is missing).
  explicit ZonePlant(const Scenario& scenario);
  ~ZonePlant();
  ZonePlant(ZonePlant&&) noexcept;

  /// Statistics of the next frame; dropped frames are skipped (the sequence has a gap). Endless: a script's last state stays.
  /// The reference holds until the next call.
  const Statistics& next();

  /// What is true of next()'s frame. Worked out when asked for; `clean` holds until the next call of next().
  const FrameTruth& truth() const;

  /// As Camera::apply: decided on the frame that next() gave last (number N), with latency L it lands on N + 1 + L.
  void apply(const SensorSettings& settings);

  /// As many frames in a row with these settings, each step a decision of its own. Steps whose frames get lost come again.
  void apply_bracket(std::span<const SensorSettings> steps);

  /// The whites of its sensor as calibration would find them: SensorColor::cct_curve().
  std::vector<CctPoint> cct_curve() const;

  /// For the luma histogram, as measure() takes them from the Controls in force; 1, 1, 1 until told. For the frames to come.
  void set_colour_gains(const Vec3& gains);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argent
