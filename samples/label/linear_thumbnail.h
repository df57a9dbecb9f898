// linear_thumbnail.h - a frame as a few linear pixels, with what is no scene left out: what estimators of the light learn from.
#pragma once

#include <cstdint>
#include <vector>

#include "calibration/chart/sensor_picture.h"

namespace argent {

/// 64 pixels along the longer side, fewer where the picture has fewer, at least 12 along each. Throws Error for a smaller picture.
Size thumbnail_size(const SensorPicture& picture);

/// u16 linear sensor RGB, 0 = black level (noise below it, too), 65535 = the largest number in it. Each pixel is the mean of its part's
/// unclipped quads. 0, 0, 0: masked, or more than half of it is clipped. `masked`: width x height of `size`, row-major, 1 = masked. Throws
/// Error when nothing is left.
Image linear_thumbnail(const SensorPicture& picture, Size size, const std::vector<std::uint8_t>& masked, BufferPool& pool);

}  // namespace argent
