// calibration/fit/grid_dots.h - black dots on white paper in a RAW mosaic, and where each color has them.
//
// Source: own. A dot's place in a color is the centroid of what paper's light lacks there, over that color's own pixels at their exact
// places; paper is a plane through the ring around the dot.
#pragma once

#include <array>
#include <vector>

#include "isp/frame.h"

namespace argent {

/// A dot as green has it, and where red and blue have it. Pixels, the first pixel from 0 to 1.
struct GridDot {
  double x = 0, y = 0;
  double radius = 0;
  std::array<double, 2> red{}, blue{};  ///< their centroids minus green's, x and y
};

/// Dots of a Bayer frame: round, darker than half of the paper around them, 4 to 100 pixels in radius, whole, with paper of their own. Ones
/// on clipped paper are left out. Any number of dots, none too. Throws Error: no Bayer mosaic, packed codes, levels that contradict the
/// frame.
std::vector<GridDot> find_dots(const RawFrame& frame);

}  // namespace argent
