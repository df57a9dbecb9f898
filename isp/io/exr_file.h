// isp/io/exr_file.h - OpenEXR pictures in: what a scene's light measures, with all its range.
#pragma once

#include <filesystem>

#include "isp/image.h"

namespace argent {

/// Reads channels R, G, B (half, float or integer; any others are passed over) of the first part into f32, linear, Rec. 709 primaries.
/// Values come as they are in the file: negative and not finite ones too, which are the caller's to judge.
/// Throws Error ("<path>: ...") for what cannot be opened, is no OpenEXR file, is tiled or deep, lacks a channel or has it subsampled, has
/// more than 64 channels or primaries of another space, is larger than kMaxExrPixels or than its file can hold, or breaks off; and when
/// there is not enough memory.
Image load_exr(const std::filesystem::path& path);

/// Beyond it (a panorama of 16384x8192 fits) a header is taken for a lie.
inline constexpr long long kMaxExrPixels = 16384LL * 8192;

}  // namespace argent
