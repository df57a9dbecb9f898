// calibration/training/synthetic_camera.h - cameras that could be: measured ones, and mixtures of two, as their calibration would describe
// them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "calibration/training/spectral_world.h"
#include "isp/color.h"

namespace argent {

struct SyntheticCamera {
  std::string name;             ///< the measured camera's, or "mixed_0042"
  Sensitivities sensitivities;  ///< relative to each other; below 1.5
  std::vector<CctPoint> curve;  ///< its whites under natural light, by rising cct
};

/// Camera `number` of `seed`: one in four is a measured one; the others lie between two measured ones, behind another infrared filter and
/// with other channel gains. `curve_error`: standard deviation, in log units, by which its curve lies off its whites, in (u, v) each and
/// alike at all temperatures: a module is not the one that was calibrated.
/// The same on any machine up to libm's last bits. Throws Error for a world without cameras.
SyntheticCamera synthetic_camera(const SpectralWorld& world, std::uint64_t seed, std::uint64_t number, float curve_error);

/// DNG's ColorMatrix1 and ColorMatrix2 (DNG 1.7, chapter 6): XYZ to camera under standard light A (2856 K) and D65 (6504 K), by least
/// squares over the world's surfaces and a white one that weighs as much as all of them, since what the matrices make of white is what
/// they are read for. Green of white is 1.
std::vector<ColorMatrix> color_matrices_of(const SyntheticCamera& camera, const SpectralWorld& world);

}  // namespace argent
