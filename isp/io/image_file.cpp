#include "isp/io/image_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <thread>

#include "isp/io/exif_block.h"
#include "isp/io/exr_writer.h"
#include "isp/io/jpeg_writer.h"
#include "isp/io/png_writer.h"
#include "isp/io/tiff_writer.h"
#include "isp/io/y4m_writer.h"
#include "isp/kernels.h"
#include "isp/yuv.h"
#include "models/runtime/cpu.h"
#include "models/runtime/error.h"
#include "models/runtime/kernel_context.h"
#include "models/runtime/output_file.h"

namespace argent {
namespace {

struct Format {
  std::string_view extension;
  ImageFormat format;
  void (*write)(const Image&, const CaptureTags*, const SaveOptions&, OutputFile&);
};

/// One frame a second: a still.
void write_y4m(const Image& image, const CaptureTags*, const SaveOptions& options, OutputFile& file) {
  BufferPool pool;
  KernelContext context(pool, std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  const YuvImage frame = to_yuv(kernels_for(cpu_target_from_environment()), context, image, options.yuv);
  const auto write = [&](const void* bytes, std::size_t size) {
    file.write(bytes, size);
    file.check();
  };
  Y4mWriter(write, frame.size(), {1, 1}, options.yuv).write(frame);
}

constexpr std::array kFormats{
    Format{".png", ImageFormat::kPng, write_png},    Format{".tif", ImageFormat::kTiff, write_tiff},
    Format{".tiff", ImageFormat::kTiff, write_tiff}, Format{".jpg", ImageFormat::kJpeg, write_jpeg},
    Format{".jpeg", ImageFormat::kJpeg, write_jpeg}, Format{".exr", ImageFormat::kExr, write_exr},
    Format{".y4m", ImageFormat::kY4m, write_y4m},
};

/// nullptr: none of ours.
const Format* format_of(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto* found = std::find_if(kFormats.begin(), kFormats.end(), [&](const Format& format) { return format.extension == extension; });
  return found == kFormats.end() ? nullptr : found;
}

bool is_wide(ColorSpace space) { return space != ColorSpace::kSrgb && space != ColorSpace::kCamera; }

void check(const Image& image, const std::filesystem::path& path, const Format* format, const SaveOptions& options) {
  const auto refuse = [&](const std::string& what) { throw Error(path.string() + ": " + what); };
  if (format == nullptr)
    refuse("unknown extension \"" + path.extension().string() + "\", expected .png, .tif, .tiff, .jpg, .jpeg, .exr or .y4m");
  if (image.empty()) refuse("there is no picture to write");
  if (format->format == ImageFormat::kExr) {
    if (image.type() != PixelType::kF32 || image.encoding() != Encoding::kLinear) refuse("an OpenEXR file holds linear floats");
    return;
  }
  if (image.type() == PixelType::kF32) refuse("holds no floating point samples, expected 8 or 16 bits");
  const bool pq = image.color_space() == ColorSpace::kRec2100Pq && image.encoding() == Encoding::kSrgb;
  if (pq && image.type() != PixelType::kU16) refuse("Rec. 2100 PQ needs 16 bits, the picture has 8");
  if (format->format == ImageFormat::kY4m && (image.type() != PixelType::kU8 || image.encoding() != Encoding::kSrgb ||
                                              is_wide(image.color_space()) || image.width() < 2 || image.height() < 2))
    refuse("y4m holds sRGB pictures of 8 bits in sRGB's curve, of at least 2x2 pixels");
  if (format->format == ImageFormat::kJpeg) check_jpeg(image.info(), options.jpeg_quality, path.string());
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
