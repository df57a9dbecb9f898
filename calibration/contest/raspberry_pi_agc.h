// calibration/contest/raspberry_pi_agc.h - private: the exposure of Raspberry Pi's cameras, as an anchor.
#pragma once

#include <vector>

#include "aaa/auto_exposure_params.h"
#include "aaa/request.h"
#include "isp/statistics.h"

namespace argent {

/// Source: src/ipa/rpi/controller/rpi/agc_channel.cpp (BSD-2), written anew from its description: absolute target by iteration on zones,
/// constraints on quantile means, first-order filter on the total exposure, a leap out of saturation, digital gain for what the sensor
/// was asked and did not do (as up to libcamera 0.5; later versions leave that). Tuning: imx708.json, exposure mode normal; lux 400.
class RaspberryPiAgc {
 public:
  explicit RaspberryPiAgc(const AutoExposureParams& limits) : limits_(limits) {}

  struct Exposure {
    SensorSettings sensor;
    float digital_gain = 1;  ///< for the frame of the statistics
  };
  Exposure update(const Statistics& statistics, const Request& request, const Vec3& gains);

  /// What this frame should be multiplied by, before any filter.
  double wanted_gain(const Statistics& statistics, const Request& request, const Vec3& gains) const;

 private:
  struct Wanted {
    double gain = 1, target = 0;  ///< target: luma, 0..1, of whatever decided
  };
  struct Decided {
    double total = 0, sensor = 0;  ///< microseconds x gain: with digital gain, and what the sensor was asked
  };
  Wanted wanted(const Statistics& statistics, const Request& request, const Vec3& gains) const;
  void filter(double target);
  SensorSettings divide(double total, const SensorSettings& applied, const Request& request) const;
  double digital_gain_of(double applied_total) const;

  AutoExposureParams limits_;
  int frames_ = 0;
  double filtered_ = 0;             ///< microseconds x gain; 0: none yet
  std::vector<Decided> decisions_;  ///< the latest last
};

}  // namespace argent
