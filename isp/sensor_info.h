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
  kXTrans,      ///< Fujifilm's 6x6 pixels, see color_at()
  kRgb,         ///< three samples a pixel, interleaved: linear DNG
};

constexpr bool is_bayer(CfaPattern cfa) { return cfa <= CfaPattern::kBggr; }
/// Pixels of a side of the cell that holds every color once or more, always at the same sites: X-Trans exchanges red and blue from one to
/// the next. 1 without a mosaic.
constexpr int cell_side(CfaPattern cfa) { return is_bayer(cfa) ? 2 : cfa == CfaPattern::kXTrans ? 3 : 1; }
constexpr int samples_per_pixel(CfaPattern cfa) { return cfa == CfaPattern::kRgb ? 3 : 1; }

/// Variance of a code at level s (0 = black, 1 = saturation) is shot * s + read. DNG's NoiseProfile has the same form.
struct NoiseModel {
  float shot = 0, read = 0;
  bool operator==(const NoiseModel&) const = default;
};

/// Where pixel (0, 0) of the active array lies in a pattern that has no name for each of its phases.
struct CfaPhase {
  int x = 0, y = 0;  ///< 0..5 for X-Trans, else 0
  bool operator==(const CfaPhase&) const = default;
};

/// Levels are in sensor codes. Sites of black and white: R, G on R's rows, G on B's rows, B. Otherwise R, G, G, B, the greens alike.
struct SensorInfo {
  std::string make, model;
  Size active;  ///< the active array, in pixels; its coordinates are 0..1 for zones, windows and meshes
  CfaPattern cfa = CfaPattern::kRggb;
  CfaPhase cfa_phase;
  int bits = 16;                           ///< of a code
  std::array<float, 4> black{};            ///< code of no light
  std::array<float, 4> white{1, 1, 1, 1};  ///< code of saturation
  std::vector<ColorMatrix> matrices;       ///< by rising cct; empty: not known
  NoiseModel noise;                        ///< at the frame's gain; zero: not known
};

/// 0 red, 1 green, 2 blue: of pixel (x, y) of the active array, x and y >= 0, of a Bayer or X-Trans mosaic. At phase (0, 0) X-Trans is
///   G B G  G R G
///   R G R  B G B
///   G B G  G R G
/// and below it the same with red and blue exchanged (Fujifilm's data sheet of the X-Pro1; Rafinazari and Dubois 2014, figure 1).
int color_at(const SensorInfo& sensor, int x, int y);

/// Throws Error when a level is not finite, white does not pass black, a matrix is singular, the phase is out of range, or the greens of an
/// X-Trans mosaic have different levels.
void check(const SensorInfo& sensor);

}  // namespace argent
