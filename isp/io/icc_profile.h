// isp/io/icc_profile.h - private: the label that says "these numbers are sRGB".
#pragma once

#include <vector>

namespace argent {

/// An ICC profile of sRGB (IEC 61966-2-1), the same bytes each time. Throws Error when lcms2 cannot make it.
std::vector<unsigned char> srgb_icc_profile();

}  // namespace argent
