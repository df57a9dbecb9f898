// calibration/profile/raspberry_pi_tuning.h - what a Raspberry Pi tuning file (JSON, versions 1 and 2) says about a camera.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/profile/camera_profile.h"

namespace argent {

struct RaspberryPiTuning {
  float version = 1;
  std::string target;    ///< "pisp" or "bcm2835" (vc4, also what version 1 is for)
  CameraProfile camera;  ///< name, black, cct curve, color matrices, shading, white balance's priors and modes, noise, lux
  float noise_constant = 0, noise_slope = 0;  ///< sigma = constant + slope x sqrt(level), 16-bit codes at gain 1
  std::vector<std::string> unused;            ///< algorithms of the file that say nothing a profile has a place for
  bool scaled_corrections = false;            ///< rows of rpi.ccm that did not sum to 1 do now
};

/// Algorithms that Argent has no use for are passed over. Throws Error with file, line, what was found and what was expected.
RaspberryPiTuning load_raspberry_pi_tuning(const std::filesystem::path& path);
RaspberryPiTuning parse_raspberry_pi_tuning(std::string_view json, std::string_view source);

}  // namespace argent
