// camera/simulation/capture_sequence.h - private: frame after frame, what was in force when it was taken: the part of the simulation that
// pixels and zones share.
#pragma once

#include <array>

#include "camera/ledger.h"
#include "camera/simulation/lens_model.h"
#include "camera/simulation/light_script.h"
#include "camera/simulation/scenario.h"
#include "camera/simulation/sensor_model.h"

namespace argent {

struct Capture {
  Applied applied;
  LightState light;           ///< in the middle of the frame
  float lens_position = 0;    ///< dioptres, where the lens really was in the middle of the frame
  NoiseModel noise;           ///< at the frame's gain
  float exposure_factor = 0;  ///< green level of white for 1 lux, with this frame's exposure, gain and aperture
  bool corrupt = false;
};

class CaptureSequence {
 public:
  explicit CaptureSequence(const Scenario& scenario);

  /// The next frame that arrives.
  const Capture& next();
  const Capture& capture() const { return capture_; }

  /// Decided on the frame that next() gave last.
  void apply(const SensorSettings& settings) { ledger_.ask(frame_, settings); }
  void apply_bracket(std::span<const SensorSettings> steps) { ledger_.ask_bracket(frame_, steps); }

  /// Of the frame that next() gave last; -1: of none.
  int bracket_step() const { return ledger_.at(capture_.applied.sequence).bracket_step; }

  const SensorModel& sensor() const { return sensor_; }
  const LightScript& light() const { return light_; }

 private:
  static constexpr std::size_t kAhead = 64;  ///< frames, more than any latency

  void expose();
  Ledger::Writes& landing(std::uint64_t frame) { return landings_[frame % kAhead]; }

  const Scenario scenario_;
  SensorModel sensor_;
  LensModel lens_;
  LightScript light_;
  Ledger ledger_;
  std::array<Ledger::Writes, kAhead> landings_{};  ///< what the hardware will take over, by frame
  SensorSettings in_force_;                        ///< as written, before lines and codes
  std::uint64_t frame_ = 0;                        ///< the frame to be exposed next: the one exposed while the caller decides
  double time_us_ = 0;
  Capture capture_;
};

}  // namespace argent
