// calibration/fit/dot_grid.h - lateral chromatic aberration from a picture of black dots on white paper.
//
// Source: own; the chart is the one of Raspberry Pi's tuning tool (its cac_ pictures). The radial polynomial is that of
// isp/lateral_color.h, whose estimate_lateral_color() serves scenes without dots.
#pragma once

#include <array>
#include <span>

#include "calibration/fit/grid_dots.h"
#include "isp/geometry_params.h"
#include "isp/lateral_color.h"

namespace argent {

struct LateralColorFit {
  LateralColor lateral;
  LateralColor error;  ///< standard errors of its numbers
  /// Red and blue: shift in the corners, pixels, outward; its standard error; rms of the dots' distances from the fit, pixels.
  std::array<double, 2> corner{}, corner_error{}, residual{};
  /// Red and blue: a shift of everything, x and y in pixels: a tilted lens has one, and no parameter of a picture's takes it back.
  std::array<std::array<double, 2>, 2> offset{};
  int dots = 0;
};

/// Dots of one or more frames of the same camera, with an active array of `active`. Least squares with Tukey's weights: dirt and print that
/// is no dot don't count. Throws Error: fewer than 20 dots, fewer than 3 in a quarter of the picture, none beyond 0.6 of the way to the
/// corners, or a shift in the corners that is uncertain by more than 0.3 pixels.
LateralColorFit fit_lateral_color(std::span<const GridDot> dots, Size active);

/// ca_red and ca_blue, which know one scale each: the one that leaves least over the whole picture (mean square of what is left).
GeometryParams geometry_of(const LateralColor& lateral, Size active);

}  // namespace argent
