// calibration/synthesis/known_capture.h - a RAW frame from spectra: every step between scene and code is known.
//
//   const KnownCamera camera{.name = "own", .sensitivities = analytic_sensitivities()};
//   const KnownLight light = known_light("D65");
//   const RawFrame frame = make_capture(camera, *even_target(white_surface()), light, {.exposure_us = 10'000, .lux = 500});
#pragma once

#include <array>
#include <cstdint>

#include "calibration/synthesis/known_camera.h"
#include "calibration/synthesis/known_light.h"
#include "calibration/synthesis/test_target.h"
#include "isp/frame.h"

namespace argent {

struct KnownSettings {
  double exposure_us = 10'000;
  double gain = 1;         ///< nominal
  double lux = 800;        ///< on the target; 0: the cap is on
  double glare = 0;        ///< of a white surface's light: the middle of a soft reflection of the lamp, left above
  double extra_blur = 0;   ///< sigma, pixels: defocus
  std::uint64_t seed = 1;  ///< of the noise: another one, another capture of the same
};

/// In this order: spectra, sensitivities, glare, lateral color, blur, falloff, exposure, imbalance of the greens, hot and dead pixels,
/// photon noise, full well, nonlinearity, read noise, gain, converter and row noise, black, rounding, clipping. Pixels do not depend on
/// each other but by their row: the same for any number of threads. Throws Error as check() does, and for settings that are not finite.
RawFrame make_capture(const KnownCamera& camera, const TestTarget& target, const KnownLight& light, const KnownSettings& settings);

/// R, G, B of a surface without noise, falloff, blur and clipping, in levels (1 = saturation), at the settings; the greens' mean.
std::array<double, 3> level_of(const KnownCamera& camera, const Spectrum& surface, const KnownLight& light, const KnownSettings& settings);

/// The exposure, us, at which white (reflectance 1) has `level` in its brightest color.
double exposure_for(const KnownCamera& camera, const KnownLight& light, const KnownSettings& settings, double level);

}  // namespace argent
