// isp/io/exif_block.h - private: what a picture's file says about the capture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "isp/frame.h"
#include "isp/image.h"

namespace argent {

struct Rational {
  std::uint32_t numerator = 0, denominator = 1;
};

/// In EXIF's units and ranges. Absent is absent.
struct CaptureTags {
  std::string make, model, lens;                             ///< printable ASCII
  std::string time;                                          ///< "YYYY:MM:DD hh:mm:ss"
  std::optional<Rational> exposure, f_number, focal_length;  ///< s, -, mm
  std::optional<std::uint16_t> iso;
};

CaptureTags capture_tags_of(const RawFrame& frame);

/// EXIF's ColorSpace: 1 sRGB, 0xffff something else.
std::uint16_t exif_color_space(const ImageInfo& picture);

/// "Exif\0\0" and a little-endian TIFF structure, as a JPEG's APP1 marker holds it. Orientation is 1: it is baked into the pixels.
std::vector<unsigned char> exif_block(const CaptureTags& tags, const ImageInfo& picture);

/// True for pictures whose numbers are sRGB's: only these are labelled so.
bool is_srgb(const ImageInfo& picture);

}  // namespace argent
