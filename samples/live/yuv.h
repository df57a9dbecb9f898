// samples/live/yuv.h - pictures as video has them: Y'CbCr of 8 bits, BT.709's matrix, limited range (Y 16 to 235, C 16 to 240).
//
// Source: ITU-R BT.709-6, 3.2 to 3.4 and 4.6; R'G'B' are the picture's sRGB codes, as everywhere in video from cameras.
#pragma once

#include <cstdint>
#include <vector>

#include "isp/image.h"

namespace argent {

/// Planes Y, Cb, Cr one behind the other, without padding; chroma is the mean of 2 x 2 pixels (sited in their middle), rounded up in size.
/// `image`: 8 bits. `out` is resized.
void to_yuv420(const Image& image, std::vector<std::uint8_t>& out);

/// Bytes Y0 Cb Y1 Cr of each two pixels; an odd last column is left out.
void to_yuyv(const Image& image, std::vector<std::uint8_t>& out);

}  // namespace argent
