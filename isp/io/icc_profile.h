// isp/io/icc_profile.h - private: the label that says what a picture's numbers mean.
#pragma once

#include <vector>

#include "isp/image.h"

namespace argent {

/// An ICC profile of the space with its transfer function, the same bytes each time; empty for camera color. lcms2 makes it: sRGB as it has
/// it, the others as ICC.1:2022 matrices and curves. ICC's light ends at 1, so that a program which knows no more of Rec. 2100 PQ than this
/// profile sees kPqWhite as white and what is brighter clipped; who knows 'cicp' has the whole range. Throws Error when lcms2 cannot make
/// it.
std::vector<unsigned char> icc_profile_of(ColorSpace space);

/// Of pictures that are encoded for display; empty for linear ones.
std::vector<unsigned char> icc_profile_of(const Image& image);

}  // namespace argent
