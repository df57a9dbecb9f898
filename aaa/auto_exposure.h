// aaa/auto_exposure.h - private: how bright the next frame should be.
#pragma once

#include <optional>

#include "aaa/controller_params.h"
#include "aaa/decision.h"
#include "aaa/request.h"

namespace argent {

struct ExposureDecision {
  SensorSettings sensor;
  float digital_gain = 1;
  ExposureTrace trace;
};

/// A zone's share in what is metered and in the focus score: 1 at the border, `centre` in the middle, a raised cosine between.
float zone_weight(const Statistics& statistics, int column, int row, float centre);

/// Absolute, so that delays don't matter: wanted total = the frame's applied total x wanted luma / measured luma, where
/// total = exposure time x analogue gain.
class AutoExposure {
 public:
  explicit AutoExposure(const AutoExposureParams& params) : params_(params) {}

  /// `gains`: of the white balance, green = 1: luma is what the picture will have.
  ExposureDecision update(const Statistics& statistics, const Request& request, const Vec3& gains);

 private:
  struct Measurement;
  struct Correction;
  Measurement measure(const Statistics& statistics, const Vec3& gains) const;
  Correction correct(const Measurement& measured, double target) const;
  ExposureDecision follow(const Measurement& measured, const Correction& correction, const SensorSettings& applied, const Request& request);
  ExposureDecision hold(const SensorSettings& sensor, std::string_view reason);
  SensorSettings split(double total, const SensorSettings& applied, const Request& request) const;
  double longest_exposure(const Request& request) const;

  AutoExposureParams params_;
  std::optional<SensorSettings> decided_;  ///< what a lock or a frame without evidence holds
  std::optional<double> wanted_total_;     ///< microseconds x gain
};

}  // namespace argent
