#include "isp/io/dng_pixels.h"

#include <algorithm>
#include <cstring>

#include "isp/io/dng_tag_numbers.h"
#include "isp/io/lossless_jpeg.h"

namespace argent {
namespace {

constexpr std::size_t kStripBytes = std::size_t{256} << 10;
constexpr int kTileSide = 512, kTileStep = 16;  // TIFF 6.0, section 15: sides are multiples of 16
constexpr std::uint16_t kUncompressed = 1, kJpeg = 7;
// For sensors of 8 bits, too: RawTherapee 5.9 shows mosaics of 8 bits as black.
constexpr int kBits = 16;

int samples_in_row(const RawFrame& frame) { return frame.size().width * samples_per_pixel(frame.sensor.cfa); }

std::vector<TiffValue> append_strips(const RawFrame& frame, TiffFile& file) {
  const int samples = samples_in_row(frame), height = frame.size().height;
  const std::size_t row_bytes = static_cast<std::size_t>(samples) * sizeof(std::uint16_t);
  const int rows_per_strip = static_cast<int>(std::clamp<std::size_t>(kStripBytes / row_bytes, 1, static_cast<std::size_t>(height)));
  std::vector<std::uint8_t> strip;
  std::vector<std::uint32_t> offsets, sizes;
  for (int first = 0; first < height; first += rows_per_strip) {
    const int rows = std::min(rows_per_strip, height - first);
    strip.resize(row_bytes * static_cast<std::size_t>(rows));
    for (int y = 0; y < rows; y++) {
      std::memcpy(&strip[row_bytes * static_cast<std::size_t>(y)], frame.data + (first + y) * frame.stride, row_bytes);
    }
    offsets.push_back(file.append(strip));
    sizes.push_back(static_cast<std::uint32_t>(strip.size()));
  }
  return {tiff_short(tags::kCompression, kUncompressed), tiff_long(tags::kRowsPerStrip, static_cast<std::uint32_t>(rows_per_strip)),
          tiff_longs(tags::kStripOffsets, offsets), tiff_longs(tags::kStripByteCounts, sizes)};
}

/// The smallest side that covers `length` in as few tiles as sides of at most kTileSide would.
int tile_side(int length) {
  const int tiles = (length + kTileSide - 1) / kTileSide;
  return ((length + tiles - 1) / tiles + kTileStep - 1) / kTileStep * kTileStep;
}

/// What LibRaw 0.20 reads rightly: tiles that are not wider than the picture, and not half as wide when they have two components (it takes
/// one row for two). Those are a step narrower.
int tile_width(int length, CfaPattern cfa) {
  const int side = tile_side(length);
  const bool misread = side > length || (is_bayer(cfa) && 2 * side == length);
  return misread && side > kTileStep ? side - kTileStep : side;
}

/// A whole tile: beyond the picture its last pixels of each color go on, which costs next to nothing.
void copy_tile(const RawFrame& frame, int left, int top, Size tile, std::vector<std::uint16_t>& out) {
  const int samples = samples_per_pixel(frame.sensor.cfa), period = is_bayer(frame.sensor.cfa) ? 2 : 1;
  const int columns = std::min(tile.width, frame.size().width - left), tile_samples = tile.width * samples;
  for (int y = 0; y < tile.height; y++) {
    std::uint16_t* row = &out[static_cast<std::size_t>(y) * static_cast<std::size_t>(tile_samples)];
    int from = top + y;
    while (from >= frame.size().height) from -= from - period >= 0 ? period : 1;
    std::copy_n(frame.data + from * frame.stride + static_cast<std::ptrdiff_t>(left) * samples, columns * samples, row);
    for (int i = columns * samples; i < tile_samples; i++) row[i] = row[std::max(i - period * samples, i % samples)];
  }
}

/// Two neighbors of a Bayer row are one pixel of two components, so that each is predicted from its own color.
int components_of(CfaPattern cfa, int width) { return is_bayer(cfa) && width % 2 == 0 ? 2 : samples_per_pixel(cfa); }

/// One strip of the picture's own size. LibRaw takes a single tile for one, so that a tile must not be larger than the picture.
std::vector<TiffValue> append_one_strip(const RawFrame& frame, TiffFile& file) {
  const Size size = frame.size();
  const int components = components_of(frame.sensor.cfa, size.width);
  const std::vector<std::uint8_t> jpeg =
      lossless_jpeg({frame.data, frame.stride, samples_in_row(frame) / components, size.height, components, kBits});
  return {tiff_short(tags::kCompression, kJpeg), tiff_long(tags::kRowsPerStrip, static_cast<std::uint32_t>(size.height)),
          tiff_long(tags::kStripOffsets, file.append(jpeg)), tiff_long(tags::kStripByteCounts, static_cast<std::uint32_t>(jpeg.size()))};
}

std::vector<TiffValue> append_tiles(const RawFrame& frame, TiffFile& file) {
  const Size size = frame.size(), tile{tile_width(size.width, frame.sensor.cfa), tile_side(size.height)};
  const int samples = samples_per_pixel(frame.sensor.cfa), components = components_of(frame.sensor.cfa, tile.width);
  const std::ptrdiff_t stride = std::ptrdiff_t{tile.width} * samples;
  std::vector<std::uint16_t> codes(static_cast<std::size_t>(stride) * static_cast<std::size_t>(tile.height));
  std::vector<std::uint32_t> offsets, sizes;
  for (int top = 0; top < size.height; top += tile.height) {
    for (int left = 0; left < size.width; left += tile.width) {
      copy_tile(frame, left, top, tile, codes);
      const std::vector<std::uint8_t> jpeg =
          lossless_jpeg({codes.data(), stride, tile.width * samples / components, tile.height, components, kBits});
      offsets.push_back(file.append(jpeg));
      sizes.push_back(static_cast<std::uint32_t>(jpeg.size()));
    }
  }
  return {tiff_short(tags::kCompression, kJpeg), tiff_long(tags::kTileWidth, static_cast<std::uint32_t>(tile.width)),
          tiff_long(tags::kTileLength, static_cast<std::uint32_t>(tile.height)), tiff_longs(tags::kTileOffsets, offsets),
          tiff_longs(tags::kTileByteCounts, sizes)};
}

std::vector<TiffValue> append_lossless(const RawFrame& frame, TiffFile& file) {
  const Size size = frame.size();
  const bool small = (size.width <= kTileSide && size.height <= kTileSide) || size.width < kTileStep;
  return small ? append_one_strip(frame, file) : append_tiles(frame, file);
}

}  // namespace

std::vector<TiffValue> append_pixels(const RawFrame& frame, DngCompression compression, TiffFile& file) {
  const int samples = samples_per_pixel(frame.sensor.cfa);
  std::vector<TiffValue> fields = compression == DngCompression::kLossless ? append_lossless(frame, file) : append_strips(frame, file);
  const std::vector<std::uint16_t> depths(static_cast<std::size_t>(samples), std::uint16_t{kBits});
  constexpr std::uint16_t kUnsigned = 1, kInterleaved = 1;
  fields.push_back(tiff_shorts(tags::kBitsPerSample, depths));
  fields.push_back(tiff_short(tags::kSamplesPerPixel, static_cast<std::uint16_t>(samples)));
  fields.push_back(tiff_shorts(tags::kSampleFormat, std::vector<std::uint16_t>(static_cast<std::size_t>(samples), kUnsigned)));
  fields.push_back(tiff_short(tags::kPlanarConfig, kInterleaved));
  return fields;
}

}  // namespace argent
