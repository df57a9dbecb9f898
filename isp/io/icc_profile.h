// isp/io/icc_profile.h - ICC profiles: the label that says what a picture's numbers mean, and what other labels mean.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "isp/image.h"

namespace argent {

/// An ICC profile of the space with its transfer function, the same bytes each time; empty for camera color. lcms2 makes it: sRGB as it has
/// it, the others as ICC.1:2022 matrices and curves. ICC's light ends at 1, so that a program which knows no more of Rec. 2100 PQ than this
/// profile sees kPqWhite as white and what is brighter clipped; who knows 'cicp' has the whole range. Throws Error when lcms2 cannot make
/// it.
std::vector<unsigned char> icc_profile_of(ColorSpace space);

/// Of pictures that are encoded for display; empty for linear ones.
std::vector<unsigned char> icc_profile_of(const ImageInfo& picture);

/// The picture's colors as sRGB's encoding and primaries have them: f32, relative colorimetric, colors outside of sRGB below 0 and above 1.
/// A profile of grey reads the red channel. Throws Error: no profile that can be read, or one for other colors than RGB and grey.
Image to_srgb(const Image& image, std::span<const unsigned char> icc_profile, BufferPool& pool);

/// What a profile calls itself, of printable ASCII, at most 80 characters; empty when it says nothing or cannot be read.
std::string icc_profile_name(std::span<const unsigned char> icc_profile);

}  // namespace argent
