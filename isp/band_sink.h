// isp/band_sink.h - a picture in bands of whole rows, from the top.
#pragma once

#include <functional>

#include "isp/image.h"

namespace argent {

/// Takes the next rows: of the picture's width and format. What it throws ends the picture.
using BandSink = std::function<void(Image band)>;

/// Of a band, or a few less. At 8 megapixels 4 MB, from where on the pool has large pages: bands in small ones cost more than they save.
inline constexpr int kBandRows = 384;

}  // namespace argent
