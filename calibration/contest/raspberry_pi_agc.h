// calibration/contest/raspberry_pi_agc.h - private: the exposure of Raspberry Pi's cameras, as an anchor.
#pragma once

#include "aaa/auto_exposure_params.h"
#include "aaa/request.h"
#include "isp/statistics.h"

namespace argent {

/// Source: src/ipa/rpi/controller/rpi/agc_channel.cpp (BSD-2), re-implemented from its description: absolute target by iteration on
/// zones, constraints on quantile means, first-order filter on the total exposure. Tuning: imx708.json of libcamera 0.5.
class RaspberryPiAgc {
 public:
  explicit RaspberryPiAgc(const AutoExposureParams& limits) : limits_(limits) {}

  struct Exposure {
    SensorSettings sensor;
    float digital_gain = 1;
  };
  Exposure update(const Statistics& statistics, const Request& request, const Vec3& gains);

  /// What this frame should be multiplied by, before any filter.
  double wanted_gain(const Statistics& statistics, const Request& request, const Vec3& gains) const;

 private:
  Exposure divide(double total, const SensorSettings& applied, const Request& request) const;

  AutoExposureParams limits_;
  int frames_ = 0;
  double filtered_ = 0;  ///< microseconds x gain; 0: none yet
};

}  // namespace argent
