#include "camera/simulation/sensor_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/runtime/error.h"

namespace argent {
namespace {

// Gain models and latencies: camera/sensor_table.cpp.
// Noise: `reference_slope` of shared/data/awb/pi_tunings/pisp, sigma = slope sqrt(level) in 16 bits, so shot = slope^2 / 65535.
// Responsivity: `rpi.lux` of the same files, taking the mean reflectance of their reference picture as 0.18 (assumed).
// Assumed: line times (about what the drivers' binned modes have), read noise of 2.5 electrons with shot = 1 / full well, row noise,
// margins (the Linux drivers'), the analytic sensor altogether (a full well of 6000 electrons).
constexpr std::array kSensors{SensorModel{"analytic", {}, 16, 30, 1, 4, {2, 2, 1}, 1 / 6000.0f, 1.7e-7f, 1e-5f, 5.5e-8f, 0.0625f},
                              SensorModel{"imx219", {}, 10.667f, 18.9f, 4, 4, {}, 2.05e-4f, 2.6e-7f, 2e-5f, 5.53e-8f, 0.0625f},
                              SensorModel{"imx477", {}, 22.26f, 15.2f, 4, 22, {}, 1.20e-4f, 9e-8f, 1e-5f, 1.44e-7f, 0.0625f},
                              SensorModel{"imx708", {}, 16, 13.4f, 8, 48, {}, 5.26e-5f, 1.7e-8f, 1e-5f, 6.32e-8f, 0.0625f}};

}  // namespace

SensorModel sensor_model(const SensorParams& params) {
  SensorModel model = kSensors[0];
  bool found = false;
  for (const SensorModel& sensor : kSensors) {
    if (sensor.name == params.model) {
      model = sensor;
      found = true;
    }
  }
  // Measured cameras have colors of their own (SensorColor says whether there is one of that name) and are else like the analytic one.
  if (!found && params.model.empty()) throw Error("sensor.model is empty, expected analytic, imx219, imx477, imx708 or a measured camera");
  if (const SensorFacts* facts = find_sensor(model.name)) {
    model.gain = facts->gain;
    model.latencies = facts->latencies;
    model.latencies.frame_length = 0;  // a simulated frame's length stays
  }
  if (params.exposure_latency >= 0) model.latencies.exposure = params.exposure_latency;
  if (params.gain_latency >= 0) model.latencies.gain = params.gain_latency;
  return model;
}

float gain_in_codes(const SensorModel& sensor, float gain) {
  if (!(gain >= 1)) gain = 1;
  gain = std::min(gain, sensor.max_gain);
  return has_codes(sensor.gain) ? gain_of_code(sensor.gain, code_of_gain(sensor.gain, gain)) : gain;
}

Microseconds exposure_in_lines(const SensorModel& sensor, Microseconds exposure, Microseconds longest_frame) {
  const double line = sensor.line_time_us;
  const double most = std::max<double>(sensor.min_lines, std::floor(longest_frame.count() / line + 1e-6) - sensor.margin_lines);
  const double lines = exposure.count() > 0 ? std::floor(exposure.count() / line + 1e-3) : 0;
  return Microseconds(std::clamp<double>(lines, sensor.min_lines, most) * line);
}

NoiseModel noise_at(const SensorModel& sensor, const SensorParams& params, float gain) {
  const float range = (1 - sensor.black) * static_cast<float>((1 << params.bits) - 1);
  const float scale = params.noise * params.noise;
  return {sensor.shot * gain * scale, sensor.read * gain * gain * scale + 1 / (12 * range * range)};
}

}  // namespace argent
