// calibration/calibrate/calibrator.h - from a folder of captures to a camera profile, step by step.
//
//   Calibrator calibrator(load_calibration_set("captures"), {});
//   while (!calibrator.done()) { show(calibrator.doing()); calibrator.step(); }
//   const Calibration& result = calibrator.result();
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "calibration/calibrate/calibration.h"
#include "calibration/set/calibration_set.h"

namespace argent {

struct CalibrationOptions {
  std::filesystem::path spectra;  ///< folder with measured illuminants, for lights that are no built-in ones; empty: none
};

/// Each step loads the captures of one measurement, makes it, and lets go of them. What goes wrong in one becomes a CalibrationFinding and
/// leaves the others alone. The same set gives the same result.
class Calibrator {
 public:
  Calibrator(CalibrationSet set, CalibrationOptions options);
  ~Calibrator();
  Calibrator(Calibrator&&) noexcept;
  Calibrator& operator=(Calibrator&&) noexcept;

  std::size_t steps() const;
  std::size_t finished() const;
  bool done() const { return finished() == steps(); }
  std::string doing() const;  ///< what the next step measures, in words
  void step();

  /// Once it is done: with a profile that passes its check (calibration/profile/camera_profile.h), whatever the captures were.
  const Calibration& result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argent
