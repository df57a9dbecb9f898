// aaa/auto_exposure.h - private: how bright the next frame should be.
#pragma once

#include <optional>

#include "aaa/controller_params.h"
#include "aaa/decision.h"
#include "aaa/exposure_filter.h"
#include "aaa/exposure_program.h"
#include "aaa/flicker_detector.h"
#include "aaa/light_tracker.h"
#include "aaa/metering.h"
#include "aaa/request.h"

namespace argent {

struct ExposureDecision {
  SensorSettings sensor;
  float digital_gain = 1;
  ExposureTrace trace;
};

/// Absolute, so that delays don't matter: wanted total = the frame's applied total x wanted luma / measured luma, where
/// total = exposure time x analogue gain. Metering, constraints, filter, flicker and split are files of their own.
class AutoExposure {
 public:
  explicit AutoExposure(const AutoExposureParams& params) : params_(params), filter_(params) {}

  /// `gains`: of the white balance, green = 1: luma is what the picture will have.
  ExposureDecision update(const Statistics& statistics, const Request& request, const Vec3& gains);

 private:
  struct Correction {
    double change = 0;  ///< EV
    std::string_view reason = "target";
  };
  Correction correct(const Statistics& statistics, const Metered& measured, double target, AeConstraintMode mode) const;
  ExposureDecision follow(const Metered& measured, const Correction& correction, const Statistics& statistics, const Request& request);
  ExposureDecision hold(const SensorSettings& sensor, std::string_view reason);
  bool probe_would_clip(const Statistics& statistics) const;
  SensorSettings settle(double total, const Applied& frame, const Request& request, FlickerTrace& flicker);
  FlickerTrace watch_mains(const Statistics& statistics, const Request& request);
  SceneSample see(const Statistics& statistics, double applied_ev, const Correction& correction, double seconds);
  bool shows_probe(const SceneSample& sample, double applied_ev);
  double seconds_since_last(const Applied& applied);

  AutoExposureParams params_;
  ExposureFilter filter_;
  LightTracker light_;
  FlickerDetector detector_;
  Request metered_;                               ///< of the last frame: where it was metered
  double target_ = 0;                             ///< luma, of the last frame
  double flicker_period_ = 0, probe_period_ = 0;  ///< us; 0: none
  int probe_age_ = 1 << 20;                       ///< frames since a probe was asked for
  bool settled_ = false;                          ///< the last frame was near its right exposure
  std::optional<SensorSettings> decided_;         ///< what a lock or a frame without evidence holds
  double timestamp_ = 0;                          ///< us, of the last frame
};

}  // namespace argent
