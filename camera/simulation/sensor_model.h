// camera/simulation/sensor_model.h - what a sensor can do: exposures in whole lines, gains in codes, latencies, noise, black.
#pragma once

#include <string_view>

#include "camera/sensor_table.h"
#include "camera/simulation/scenario.h"
#include "isp/sensor_info.h"

namespace argent {

struct SensorModel {
  std::string_view name;
  GainModel gain;  ///< with its latencies from the sensor table, if it is there
  float max_gain = 16;
  float line_time_us = 30;
  int min_lines = 1;             ///< of an exposure
  int margin_lines = 4;          ///< a frame is at least this much longer than its exposure
  ControlLatencies latencies;    ///< of exposure and gain
  float shot = 0;                ///< noise variance per level at gain 1, 1 = saturation
  float read = 0;                ///< noise variance before the gain
  float row = 0;                 ///< standard deviation of a row's common noise
  float responsivity = 5.5e-8f;  ///< green level of white (reflectance 1) per lux, microsecond and gain, at f/1.8
  float black = 0.0625f;         ///< of the codes' range
};

/// What is not built in is taken for a measured camera: it differs from the analytic sensor in its colors only.
SensorModel sensor_model(const SensorParams& params);

/// The gain that the nearest code not above gives; within the sensor's range.
float gain_in_codes(const SensorModel& sensor, float gain);

/// Whole lines, at least min_lines, within the longest frame.
Microseconds exposure_in_lines(const SensorModel& sensor, Microseconds exposure, Microseconds longest_frame);

/// Shot and read noise at a gain, quantisation included, 1 = saturation.
NoiseModel noise_at(const SensorModel& sensor, const SensorParams& params, float gain);

}  // namespace argent
