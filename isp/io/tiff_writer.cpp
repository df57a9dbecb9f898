#include "isp/io/tiff_writer.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "isp/io/icc_profile.h"
#include "isp/io/tiff_stream.h"

namespace argent {
namespace {

constexpr std::size_t kStripBytes = std::size_t{256} << 10;

std::uint64_t write_exif_directory(TIFF* tiff, const CaptureTags& tags, const Image& image) {
  if (!begin_exif_directory(tiff, tags)) return 0;
  TIFFSetField(tiff, EXIFTAG_COLORSPACE, exif_color_space(image.info()));
  TIFFSetField(tiff, EXIFTAG_PIXELXDIMENSION, static_cast<std::uint32_t>(image.width()));
  TIFFSetField(tiff, EXIFTAG_PIXELYDIMENSION, static_cast<std::uint32_t>(image.height()));
  return end_exif_directory(tiff);
}

void set_main_tags(TIFF* tiff, const Image& image, const std::string& xmp, std::uint32_t rows_per_strip) {
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
  if (!xmp.empty()) TIFFSetField(tiff, TIFFTAG_XMLPACKET, static_cast<std::uint32_t>(xmp.size()), xmp.data());
  const std::vector<unsigned char> icc = icc_profile_of(image.info());
  if (icc.empty()) return;
  TIFFSetField(tiff, TIFFTAG_ICCPROFILE, static_cast<std::uint32_t>(icc.size()), icc.data());
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

bool write_all(TIFF* tiff, const Image& image, const CaptureTags* tags, const std::string& xmp, std::size_t row_bytes) {
  const std::uint64_t exif_offset = tags ? write_exif_directory(tiff, *tags, image) : 0;
  if (tags && exif_offset == 0) return false;
  const int rows_per_strip =
      static_cast<int>(std::clamp<std::size_t>(kStripBytes / row_bytes, 1, static_cast<std::size_t>(image.height())));
  set_main_tags(tiff, image, xmp, static_cast<std::uint32_t>(rows_per_strip));
  if (tags) set_capture_tags(tiff, *tags, exif_offset);
  return write_strips(tiff, image, row_bytes, rows_per_strip) && TIFFFlush(tiff) != 0;
}

}  // namespace

void write_tiff(const Image& image, const CaptureTags* tags, const SaveOptions& options, OutputFile& file) {
  const std::size_t row_bytes = static_cast<std::size_t>(image.width()) * Image::kChannels * sample_size(image.type());
  write_tiff_file(file, std::uint64_t{row_bytes} * static_cast<std::uint64_t>(image.height()),
                  [&](TIFF* tiff) { return write_all(tiff, image, tags, options.xmp, row_bytes); });
}

}  // namespace argent
