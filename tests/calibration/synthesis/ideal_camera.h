// tests/calibration/synthesis/ideal_camera.h - a synthetic camera with every parameter at its neutral value, and what tests read of frames.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "calibration/synthesis/known_capture.h"
#include "isp/io/black_level.h"

namespace argent {

inline KnownCamera ideal_camera(Size size = {320, 240}) {
  KnownCamera camera;
  camera.name = "ideal (synthetic)";
  camera.sensitivities = analytic_sensitivities();
  KnownSensor& sensor = camera.sensor;
  sensor.size = size;
  sensor.black.fill(sensor.nominal_black);
  sensor.full_well = 1e9f;
  sensor.photon_noise = PhotonNoise::kNone;
  sensor.read_electrons = sensor.converter_noise = sensor.green_imbalance = 0;
  sensor.gains = {{1, 1}};
  camera.lens.falloff = 0;
  camera.lens.color = camera.lens.color_slope = {0, 0, 0};
  camera.lens.red = camera.lens.blue = {1, 0};
  camera.lens.backlash = 0;
  return camera;
}

inline std::size_t site_at(const RawFrame& frame, int x, int y) {
  return static_cast<std::size_t>(bayer_site(frame.sensor.cfa, x & 1, y & 1));
}

inline std::vector<std::uint16_t> codes_of(const RawFrame& frame) {
  std::vector<std::uint16_t> out;
  for (int y = 0; y < frame.size().height; y++)
    out.insert(out.end(), frame.data + y * frame.stride, frame.data + y * frame.stride + frame.size().width);
  return out;
}

struct Moments {
  double mean = 0, variance = 0, count = 0;
};

/// Of the codes of one site within a part of the picture (pixels).
inline Moments moments_of(const RawFrame& frame, std::size_t site, Rect part) {
  double sum = 0, squares = 0, count = 0;
  for (int y = part.y; y < part.y + part.height; y++) {
    for (int x = part.x; x < part.x + part.width; x++) {
      if (site_at(frame, x, y) != site) continue;
      const double code = frame.data[y * frame.stride + x];
      sum += code;
      squares += code * code;
      count++;
    }
  }
  const double mean = sum / count;
  return {mean, (squares - count * mean * mean) / (count - 1), count};
}

inline Moments moments_of(const RawFrame& frame, std::size_t site) {
  return moments_of(frame, site, {0, 0, frame.size().width, frame.size().height});
}

/// Codes from black to white.
inline double range_of(const KnownCamera& camera) { return (1 << camera.sensor.bits) - 1 - double(camera.sensor.nominal_black); }

}  // namespace argent
