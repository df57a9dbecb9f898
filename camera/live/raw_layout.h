// camera/live/raw_layout.h - how the RAW buffers of a camera are to be read, from the name of their format.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "isp/sensor_info.h"

namespace argent {

/// Unpacked codes lie in the low bits of 1 or 2 bytes, little-endian; packed ones as MIPI CSI-2 sends them: RAW10 4 in 5 bytes, RAW12 2 in
/// 3, RAW14 4 in 7. Where a 12 bit sensor fills 16 bit buffers (SBGGR16 on a Raspberry Pi 5) the codes are scaled to 16 bits.
struct RawLayout {
  CfaPattern cfa = CfaPattern::kRggb;
  int bits = 10;
  bool packed = false;
};

/// "SRGGB10", "SBGGR12_CSI2P", "R10": the names of libcamera's PixelFormat. Throws Error, in words that help, for anything else.
RawLayout raw_layout(std::string_view format);

/// The name again: what to ask a camera for.
std::string format_name(const RawLayout& layout);

/// Of a row of `width` pixels, the last group of packed ones whole, without padding.
std::size_t row_bytes(const RawLayout& layout, int width);

}  // namespace argent
