#include "isp/io/tiff_writer.h"

#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "isp/error.h"
#include "isp/io/icc_profile.h"

namespace argent {
namespace {

constexpr std::size_t kStripBytes = std::size_t{256} << 10;

/// Offsets of plain TIFF have 32 bits; what is not pixels stays far below the margin.
constexpr std::uint64_t kMargin = std::uint64_t{16} << 20;
constexpr std::uint64_t kLargestClassic = (std::uint64_t{1} << 32) - kMargin;

/// What libtiff's callbacks see.
struct Sink {
  OutputFile& file;
  std::string message;
};

OutputFile& file_of(thandle_t handle) { return static_cast<Sink*>(handle)->file; }

int on_error(TIFF*, void* sink, const char*, const char* form, std::va_list arguments) {
  char text[512];
  std::vsnprintf(text, sizeof text, form, arguments);
  std::string& message = static_cast<Sink*>(sink)->message;
  if (message.empty()) message = text;  // the first is the cause
  return 1;
}

int on_warning(TIFF*, void*, const char*, const char*, std::va_list) { return 1; }

tmsize_t on_read(thandle_t handle, void* bytes, tmsize_t size) { return file_of(handle).read(bytes, static_cast<std::size_t>(size)); }

tmsize_t on_write(thandle_t handle, void* bytes, tmsize_t size) {
  return file_of(handle).write(bytes, static_cast<std::size_t>(size)) ? size : -1;
}

toff_t on_seek(thandle_t handle, toff_t offset, int whence) {
  return static_cast<toff_t>(file_of(handle).seek(static_cast<std::int64_t>(offset), whence));
}

toff_t on_size(thandle_t handle) { return static_cast<toff_t>(file_of(handle).size()); }

int on_close(thandle_t) { return 0; }

std::unique_ptr<TIFF, decltype(&TIFFClose)> open_tiff(Sink& sink, std::uint64_t pixel_bytes) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(), &TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, &sink);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, nullptr);
  const char* mode = pixel_bytes > kLargestClassic ? "w8m" : "wm";
  return {TIFFClientOpenExt("", mode, &sink, on_read, on_write, on_seek, on_close, on_size, nullptr, nullptr, options.get()), &TIFFClose};
}

double value_of(const Rational& rational) { return static_cast<double>(rational.numerator) / rational.denominator; }

/// Writes the EXIF directory and leaves the file with a fresh main one. Returns its offset, 0: failed.
std::uint64_t write_exif_directory(TIFF* tiff, const CaptureTags& tags, const Image& image) {
  if (TIFFCreateEXIFDirectory(tiff) != 0) return 0;
  TIFFSetField(tiff, EXIFTAG_EXIFVERSION, "0230");
  if (tags.exposure) TIFFSetField(tiff, EXIFTAG_EXPOSURETIME, value_of(*tags.exposure));
  if (tags.f_number) TIFFSetField(tiff, EXIFTAG_FNUMBER, value_of(*tags.f_number));
  if (tags.focal_length) TIFFSetField(tiff, EXIFTAG_FOCALLENGTH, value_of(*tags.focal_length));
  if (tags.iso) TIFFSetField(tiff, EXIFTAG_ISOSPEEDRATINGS, 1, &*tags.iso);
  if (!tags.time.empty()) TIFFSetField(tiff, EXIFTAG_DATETIMEORIGINAL, tags.time.c_str());
  TIFFSetField(tiff, EXIFTAG_COLORSPACE, exif_color_space(image));
  TIFFSetField(tiff, EXIFTAG_PIXELXDIMENSION, static_cast<std::uint32_t>(image.width()));
  TIFFSetField(tiff, EXIFTAG_PIXELYDIMENSION, static_cast<std::uint32_t>(image.height()));
  std::uint64_t offset = 0;
  if (TIFFWriteCustomDirectory(tiff, &offset) == 0) return 0;
  TIFFFreeDirectory(tiff);
  return TIFFCreateDirectory(tiff) == 0 ? offset : 0;
}

void set_main_tags(TIFF* tiff, const Image& image, std::uint32_t rows_per_strip) {
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(image.width()));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(image.height()));
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, Image::kChannels);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, static_cast<int>(8 * sample_size(image.type())));
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);  // deflate took 8 times as long for 70 % (8 bit) or 89 % (16 bit) of the bytes
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, rows_per_strip);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  TIFFSetField(tiff, TIFFTAG_SOFTWARE, "argent");
  if (!is_srgb(image)) return;
  const std::vector<unsigned char> icc = srgb_icc_profile();
  TIFFSetField(tiff, TIFFTAG_ICCPROFILE, static_cast<std::uint32_t>(icc.size()), icc.data());
}

void set_capture_tags(TIFF* tiff, const CaptureTags& tags, std::uint64_t exif_offset) {
  if (!tags.make.empty()) TIFFSetField(tiff, TIFFTAG_MAKE, tags.make.c_str());
  if (!tags.model.empty()) TIFFSetField(tiff, TIFFTAG_MODEL, tags.model.c_str());
  if (!tags.time.empty()) TIFFSetField(tiff, TIFFTAG_DATETIME, tags.time.c_str());
  TIFFSetField(tiff, TIFFTAG_EXIFIFD, exif_offset);
}

bool write_strips(TIFF* tiff, const Image& image, std::size_t row_bytes, int rows_per_strip) {
  std::vector<unsigned char> strip(row_bytes * static_cast<std::size_t>(rows_per_strip));
  for (int first = 0, index = 0; first < image.height(); first += rows_per_strip, index++) {
    const int rows = std::min(rows_per_strip, image.height() - first);
    for (int y = 0; y < rows; y++)
      std::memcpy(&strip[row_bytes * static_cast<std::size_t>(y)], image.row<unsigned char>(first + y), row_bytes);
    const auto bytes = static_cast<tmsize_t>(row_bytes * static_cast<std::size_t>(rows));
    if (TIFFWriteEncodedStrip(tiff, static_cast<std::uint32_t>(index), strip.data(), bytes) != bytes) return false;
  }
  return true;
}

bool write_all(TIFF* tiff, const Image& image, const CaptureTags* tags, std::size_t row_bytes) {
  const std::uint64_t exif_offset = tags ? write_exif_directory(tiff, *tags, image) : 0;
  if (tags && exif_offset == 0) return false;
  const int rows_per_strip =
      static_cast<int>(std::clamp<std::size_t>(kStripBytes / row_bytes, 1, static_cast<std::size_t>(image.height())));
  set_main_tags(tiff, image, static_cast<std::uint32_t>(rows_per_strip));
  if (tags) set_capture_tags(tiff, *tags, exif_offset);
  return write_strips(tiff, image, row_bytes, rows_per_strip) && TIFFFlush(tiff) != 0;
}

}  // namespace

void write_tiff(const Image& image, const CaptureTags* tags, const SaveOptions&, OutputFile& file) {
  const std::size_t row_bytes = static_cast<std::size_t>(image.width()) * Image::kChannels * sample_size(image.type());
  Sink sink{file, {}};
  {
    const auto tiff = open_tiff(sink, std::uint64_t{row_bytes} * static_cast<std::uint64_t>(image.height()));
    if (tiff && !write_all(tiff.get(), image, tags, row_bytes) && sink.message.empty()) sink.message = "could not write";
  }
  file.check();
  if (!sink.message.empty()) throw Error(file.path().string() + ": libtiff: " + sink.message);
}

}  // namespace argent
