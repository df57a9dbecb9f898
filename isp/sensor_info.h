// isp/sensor_info.h - what is true of a sensor: how its codes are to be read. Inputs of every algorithm, never constants in one.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "isp/color.h"
#include "isp/geometry.h"

namespace argent {

/// Color of the pixels (0, 0) (1, 0) (0, 1) (1, 1) of the active array.
enum class CfaPattern {
  kRggb,
  kGrbg,
  kGbrg,
  kBggr,
  kMonochrome,  ///< one sample a pixel, no color
  kRgb,         ///< three samples a pixel, interleaved: linear DNG
};

constexpr bool is_bayer(CfaPattern cfa) { return cfa <= CfaPattern::kBggr; }
constexpr int samples_per_pixel(CfaPattern cfa) { return cfa == CfaPattern::kRgb ? 3 : 1; }

/// Variance of a code at level s (0 = black, 1 = saturation) is shot * s + read. DNG's NoiseProfile has the same form.
struct NoiseModel {
  float shot = 0, read = 0;
  bool operator==(const NoiseModel&) const = default;
};

/// Levels are in sensor codes. Sites of black and white: R, G on R's rows, G on B's rows, B. Without a CFA: R, G, G, B.
struct SensorInfo {
  std::string make, model;
  Size active;  ///< the active array, in pixels; its coordinates are 0..1 for zones, windows and meshes
  CfaPattern cfa = CfaPattern::kRggb;
  int bits = 16;                           ///< of a code
  std::array<float, 4> black{};            ///< code of no light
  std::array<float, 4> white{1, 1, 1, 1};  ///< code of saturation
  std::vector<ColorMatrix> matrices;       ///< by rising cct; empty: not known
  NoiseModel noise;                        ///< at the frame's gain; zero: not known
};

/// Throws Error when a level is not finite, white does not pass black, or a matrix is singular.
void check(const SensorInfo& sensor);

}  // namespace argent
