// calibration/profile/raspberry_pi_tuning.h - what a Raspberry Pi tuning file (JSON, versions 1 and 2) says about a camera.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "calibration/profile/camera_profile.h"

namespace argent {

/// The light that a picture of known settings was taken in: lux = lux x (exposure, gain and level, relative to these).
struct LuxReference {
  float lux = 0;  ///< 0: the file doesn't say
  float exposure_us = 0, analogue_gain = 1, aperture = 1;
  float level = 0;  ///< luma, 0..1
};

struct RaspberryPiTuning {
  float version = 1;
  std::string target;    ///< "pisp" or "bcm2835" (vc4, also what version 1 is for)
  CameraProfile camera;  ///< name, black, cct curve, color matrices, shading, white balance's priors and modes
  LuxReference lux;
  float noise_constant = 0, noise_slope = 0;  ///< sigma = constant + slope x sqrt(level), 16-bit codes at gain 1
};

/// Algorithms that Argent has no use for are passed over. Throws Error with file, line, what was found and what was expected.
RaspberryPiTuning load_raspberry_pi_tuning(const std::filesystem::path& path);
RaspberryPiTuning parse_raspberry_pi_tuning(std::string_view json, std::string_view source);

}  // namespace argent
