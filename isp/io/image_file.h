// isp/io/image_file.h - pictures out: PNG, TIFF, JPEG, OpenEXR and one frame of y4m, never half written, never over an existing file unless
// told to.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "isp/frame.h"
#include "isp/image.h"
#include "isp/yuv_image.h"
#include "models/runtime/overwrite.h"

namespace argent {

enum class ImageFormat { kPng, kTiff, kJpeg, kExr, kY4m };

/// From the extension: .png .tif .tiff .jpg .jpeg .exr .y4m in any case; nullopt for another.
std::optional<ImageFormat> image_format_of(const std::filesystem::path& path);

enum class ExrSample { kHalf, kFloat };

struct SaveOptions {
  int jpeg_quality = 92;  ///< 1 to 100, 4:2:0 below 90, 4:4:4 from there
  Overwrite overwrite = Overwrite::kNo;
  std::string xmp{};                 ///< a packet (xmp_packet()), empty: none; y4m has no room for it
  ExrSample exr = ExrSample::kHalf;  ///< how an f32 picture is kept
  YuvFormat yuv{};                   ///< of y4m
};

/// Writes u8 or u16 images (JPEG: u8; EXR: linear f32; y4m: u8, sRGB) to a temporary beside `path` and renames it. EXIF of `frame` when
/// given (make, model, exposure, ISO, aperture, focal length, time; Orientation is 1: it is baked into the pixels). The color space is
/// named in the file: by an ICC profile, in PNG by the sRGB chunk where it is sRGB, and by cICP beside the profile where it is Rec. 2100
/// PQ; linear and camera images carry no label. EXR has its standard attributes instead of EXIF, and the primaries. Throws Error: exists,
/// not writable, disk full, samples that the format does not hold (PQ in 8 bits among them), an XMP packet of more than 65502 bytes in a
/// JPEG. Nothing is left behind then.
void save_image(const Image& image, const std::filesystem::path& path, const SaveOptions& options = {}, const RawFrame* frame = nullptr);

/// A bare JPEG (JFIF) in memory, 4:2:0 below quality 90: for streams and videos, which have no room for more. Throws Error: not 8 bits,
/// too large, quality outside of 1 to 100.
std::vector<unsigned char> jpeg_bytes(const Image& image, int quality);

}  // namespace argent
