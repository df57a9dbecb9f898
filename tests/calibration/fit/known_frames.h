// known_frames.h - small captures of a synthetic camera of which all is known.
#pragma once

#include <vector>

#include "calibration/synthesis/known_capture.h"
#include "camera/spectral/reflectances.h"

namespace argent {

inline KnownCamera small_camera(Size size = {320, 240}) {
  KnownCamera camera;
  camera.name = "small";
  camera.sensitivities = analytic_sensitivities();
  camera.sensor.size = size;
  return camera;
}

/// An even surface at `level` of saturation in its brightest color.
inline RawFrame even_frame(const KnownCamera& camera, double level, std::uint64_t seed, double gain = 1, std::string_view light = "D65") {
  const KnownLight lamp = known_light(light);
  KnownSettings settings{.gain = gain, .seed = seed};
  settings.exposure_us = exposure_for(camera, lamp, settings, level);
  return make_capture(camera, *even_target(white_surface()), lamp, settings);
}

inline RawFrame dark_frame(const KnownCamera& camera, std::uint64_t seed, double gain = 1) {
  return make_capture(camera, *even_target(white_surface()), known_light("D65"), {.gain = gain, .lux = 0, .seed = seed});
}

inline std::vector<const RawFrame*> pointers(const std::vector<RawFrame>& frames) {
  std::vector<const RawFrame*> out;
  for (const RawFrame& frame : frames) out.push_back(&frame);
  return out;
}

inline std::array<double, 4> true_black(const KnownCamera& camera) {
  std::array<double, 4> out;
  for (std::size_t i = 0; i < 4; i++) out[i] = static_cast<double>(camera.sensor.black[i]);
  return out;
}

}  // namespace argent
