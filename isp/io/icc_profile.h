// isp/io/icc_profile.h - ICC profiles: the label that says "these numbers are sRGB", and what other labels mean.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "isp/image.h"

namespace argent {

/// An ICC profile of sRGB (IEC 61966-2-1), the same bytes each time. Throws Error when lcms2 cannot make it.
std::vector<unsigned char> srgb_icc_profile();

/// The picture's colors as sRGB's encoding and primaries have them: f32, relative colorimetric, colors outside of sRGB below 0 and above 1.
/// A profile of grey reads the red channel. Throws Error: no profile that can be read, or one for other colors than RGB and grey.
Image to_srgb(const Image& image, std::span<const unsigned char> icc_profile, BufferPool& pool);

/// What a profile calls itself, of printable ASCII, at most 80 characters; empty when it says nothing or cannot be read.
std::string icc_profile_name(std::span<const unsigned char> icc_profile);

}  // namespace argent
