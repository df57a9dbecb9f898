#include "isp/io/image_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "isp/io/exif_block.h"
#include "isp/io/jpeg_writer.h"
#include "isp/io/png_writer.h"
#include "isp/io/tiff_writer.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"

namespace argent {
namespace {

struct Format {
  std::string_view extension;
  ImageFormat format;
  void (*write)(const Image&, const CaptureTags*, const SaveOptions&, OutputFile&);
};

constexpr std::array kFormats{
    Format{".png", ImageFormat::kPng, write_png},    Format{".tif", ImageFormat::kTiff, write_tiff},
    Format{".tiff", ImageFormat::kTiff, write_tiff}, Format{".jpg", ImageFormat::kJpeg, write_jpeg},
    Format{".jpeg", ImageFormat::kJpeg, write_jpeg},
};

/// nullptr: none of ours.
const Format* format_of(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto* found = std::find_if(kFormats.begin(), kFormats.end(), [&](const Format& format) { return format.extension == extension; });
  return found == kFormats.end() ? nullptr : found;
}

void check(const Image& image, const std::filesystem::path& path, const Format* format, const SaveOptions& options) {
  const auto refuse = [&](const std::string& what) { throw Error(path.string() + ": " + what); };
  if (format == nullptr) refuse("unknown extension \"" + path.extension().string() + "\", expected .png, .tif, .tiff, .jpg or .jpeg");
  if (image.empty()) refuse("there is no picture to write");
  if (image.type() == PixelType::kF32) refuse("holds no floating point samples, expected 8 or 16 bits");
  const bool pq = image.color_space() == ColorSpace::kRec2100Pq && image.encoding() == Encoding::kSrgb;
  if (pq && image.type() != PixelType::kU16) refuse("Rec. 2100 PQ needs 16 bits, the picture has 8");
  if (format->format != ImageFormat::kJpeg) return;
  if (image.type() != PixelType::kU8) refuse("a JPEG holds 8 bits, the picture has 16");
  if (options.jpeg_quality < 1 || options.jpeg_quality > 100) {
    refuse("JPEG quality " + std::to_string(options.jpeg_quality) + ", expected 1 to 100");
  }
}

}  // namespace

std::optional<ImageFormat> image_format_of(const std::filesystem::path& path) {
  const Format* format = format_of(path);
  return format ? std::optional(format->format) : std::nullopt;
}

void save_image(const Image& image, const std::filesystem::path& path, const SaveOptions& options, const RawFrame* frame) {
  const Format* format = format_of(path);
  check(image, path, format, options);
  const std::optional<CaptureTags> tags = frame ? std::optional(capture_tags_of(*frame)) : std::nullopt;
  OutputFile file(path, options.overwrite);
  format->write(image, tags ? &*tags : nullptr, options, file);
  file.commit();
}

}  // namespace argent
