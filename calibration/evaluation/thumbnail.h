// calibration/evaluation/thumbnail.h - a frame as a few linear pixels without a known scale: as statistics.
#pragma once

#include <filesystem>
#include <vector>

#include "isp/statistics.h"

namespace argent {

/// Linear sensor RGB, 0 = black level; the largest number is 1, whatever that was of saturation. 0, 0, 0 is a masked pixel.
struct Thumbnail {
  static constexpr int kMinSide = 12, kMaxSide = 64;
  int width = 0, height = 0;  ///< kMinSide to kMaxSide
  std::vector<float> rgb;     ///< height x width x 3
};

/// A 16-bit RGB PNG, or a .npy of H x W x 3 numbers (u16, or f32 of any scale). Numbers a little below black are noise and stay. Throws
/// Error "<path>: ..." for another form, numbers that are not finite or far below black, and when every pixel is masked.
Thumbnail read_thumbnail(const std::filesystem::path& path);

/// Zones are means over 1x1 or, above 32 pixels a side, 2x2 pixels; masked ones are left out and their part of the count with them. The
/// pixels that share the maximum are taken for clipped where they pile up there; see is_cut_off in the source for why.
Statistics statistics_of(const Thumbnail& thumbnail);

}  // namespace argent
