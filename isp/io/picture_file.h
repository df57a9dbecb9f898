// isp/io/picture_file.h - pictures in: PNG, JPEG, TIFF, OpenEXR, PNM and PFM, whoever made them.
#pragma once

#include <filesystem>
#include <vector>

#include "isp/image.h"

namespace argent {

/// A picture as its file holds it, and what the file says of its numbers.
struct LoadedPicture {
  Image image;                             ///< upright; u8, u16 or f32
  std::vector<unsigned char> icc_profile;  ///< empty: none
};

/// Knows the format by the first bytes, not by the name. Grey is repeated in R, G and B; alpha is left out, colors are not multiplied
/// with it; what the file says of the orientation is applied.
///   PNG   8 and 16 bits, also grey, palettes and 1 to 4 bits (widened to 8)
///   JPEG  8 bits, RGB, YCbCr and grey
///   TIFF  strips of 8, 16 bits or 32-bit float, RGB and grey, any compression that libtiff has
///   EXR   as load_exr()
///   PNM   binary PPM and PGM up to 65535 (scaled to 8 or 16 full bits), PFM
/// The image's encoding is sRGB's unless the file says linear light (PNG's gAMA of 1) or holds floats; with a profile the profile says
/// what the numbers mean, and the encoding is only a guess.
/// Throws Error ("<path>: ..."): not there, none of these, of another kind (CMYK, tiled TIFF, a gamma of its own), larger than
/// kMaxPicturePixels or than its file can hold, damaged or cut off, a profile of more than 16 MB.
LoadedPicture load_picture(const std::filesystem::path& path);

/// Beyond it a header is taken for a lie.
inline constexpr long long kMaxPicturePixels = 400'000'000;

}  // namespace argent
