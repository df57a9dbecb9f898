// isp/lateral_color.h - private: lateral chromatic aberration as a frame itself shows it.
//
// Source: own. Blocks of quads: sqrt(red) is a + b sqrt(green), moved by d, by least squares over the gradient of green (Lucas and Kanade
// 1981); d of all blocks is a radial polynomial, fitted with Tukey's weights, so that blocks of other colors or of noise don't count.
#pragma once

#include <array>

#include "isp/frame.h"
#include "models/runtime/buffer_pool.h"

namespace argent {

/// Where red and blue were recorded, against green: at r (1 + k[0] + k[1] r^2), r the distance from the middle of the active array, 1 in
/// its corners.
struct LateralColor {
  std::array<double, 2> red{}, blue{};
  bool operator==(const LateralColor&) const = default;
};

/// Of a Bayer mosaic; nothing for others. A color for which too little of the picture tells is left where it is: fewer than 12 blocks that
/// know their shift to half a pixel, or a shift in the corners that is uncertain by more than 0.3 pixels.
LateralColor estimate_lateral_color(const RawFrame& frame, BufferPool& pool);

}  // namespace argent
