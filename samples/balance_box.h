// samples/balance_box.h - white balance from a part of a picture that is to come out grey (dcraw's -A).
#pragma once

#include "isp/frame.h"
#include "isp/geometry.h"

namespace argent {

/// Gains, green = 1, that make the mean of the sensor's pixels in `area` (of the active array) grey: codes above black, in whole quads of
/// the mosaic, of which none is clipped in any color. Lens shading is not undone. Throws Error: no quad is left, a color has no light.
Vec3 balance_of_area(const RawFrame& frame, Rect area);

}  // namespace argent
