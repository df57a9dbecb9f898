// isp/io/dng_pixels.h - private: a frame's codes as strips or tiles of a DNG. Source: DNG 1.7.1.0, chapter 2 and "Compression".
#pragma once

#include <vector>

#include "isp/frame.h"
#include "isp/io/dng_writer.h"
#include "isp/io/tiff_file.h"

namespace argent {

/// Writes the codes and returns the fields that say where and how they lie. `frame` is not packed. Memory: a strip or a tile at a time.
std::vector<TiffValue> append_pixels(const RawFrame& frame, DngCompression compression, TiffFile& file);

}  // namespace argent
