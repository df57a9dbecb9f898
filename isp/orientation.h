// isp/orientation.h - private: turn a stored picture upright.
#pragma once

#include "isp/image.h"

namespace argent {

constexpr Size upright_size(Size stored, Orientation orientation) {
  return swaps_axes(orientation) ? Size{stored.height, stored.width} : stored;
}

/// The upright picture; kNormal returns `stored` itself.
Image upright(Image stored, Orientation orientation, BufferPool& pool);

}  // namespace argent
