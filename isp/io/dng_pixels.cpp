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

int samples_in_row(const RawFrame& frame) { return frame.size().width * samples_per_pixel(frame.sensor.cfa); }

/// 8 or 16: what holds every code. White and black levels do not say it: codes may pass white.
int stored_bits(const RawFrame& frame) {
  if (frame.sensor.bits > 8) return 16;
  unsigned all = 0;
  for (int y = 0; y < frame.size().height; y++) {
    const std::uint16_t* row = frame.data + y * frame.stride;
    for (int i = 0; i < samples_in_row(frame); i++) all |= row[i];
  }
  return all > 0xff ? 16 : 8;
}

std::vector<TiffValue> append_strips(const RawFrame& frame, int bits, TiffFile& file) {
  const int samples = samples_in_row(frame), height = frame.size().height;
  const std::size_t row_bytes = static_cast<std::size_t>(samples) * static_cast<std::size_t>(bits / 8);
  const int rows_per_strip = static_cast<int>(std::clamp<std::size_t>(kStripBytes / row_bytes, 1, static_cast<std::size_t>(height)));
  std::vector<std::uint8_t> strip;
  std::vector<std::uint32_t> offsets, sizes;
  for (int first = 0; first < height; first += rows_per_strip) {
    const int rows = std::min(rows_per_strip, height - first);
    strip.resize(row_bytes * static_cast<std::size_t>(rows));
    for (int y = 0; y < rows; y++) {
      const std::uint16_t* codes = frame.data + (first + y) * frame.stride;
      std::uint8_t* out = &strip[row_bytes * static_cast<std::size_t>(y)];
      if (bits == 8) {
        std::transform(codes, codes + samples, out, [](std::uint16_t code) { return static_cast<std::uint8_t>(code); });
      } else {
        std::memcpy(out, codes, row_bytes);
      }
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

/// LibRaw reads tiles that are wider than the picture wrongly: these are a step narrower, and there are two.
int tile_width(int length) {
  const int side = tile_side(length);
  return side > length ? side - kTileStep : side;
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
std::vector<TiffValue> append_one_strip(const RawFrame& frame, int bits, TiffFile& file) {
  const Size size = frame.size();
  const int components = components_of(frame.sensor.cfa, size.width);
  const std::vector<std::uint8_t> jpeg =
      lossless_jpeg({frame.data, frame.stride, samples_in_row(frame) / components, size.height, components, bits});
  return {tiff_short(tags::kCompression, kJpeg), tiff_long(tags::kRowsPerStrip, static_cast<std::uint32_t>(size.height)),
          tiff_long(tags::kStripOffsets, file.append(jpeg)), tiff_long(tags::kStripByteCounts, static_cast<std::uint32_t>(jpeg.size()))};
}

std::vector<TiffValue> append_tiles(const RawFrame& frame, int bits, TiffFile& file) {
  const Size size = frame.size(), tile{tile_width(size.width), tile_side(size.height)};
  const int samples = samples_per_pixel(frame.sensor.cfa), components = components_of(frame.sensor.cfa, tile.width);
  const std::ptrdiff_t stride = std::ptrdiff_t{tile.width} * samples;
  std::vector<std::uint16_t> codes(static_cast<std::size_t>(stride) * static_cast<std::size_t>(tile.height));
  std::vector<std::uint32_t> offsets, sizes;
  for (int top = 0; top < size.height; top += tile.height) {
    for (int left = 0; left < size.width; left += tile.width) {
      copy_tile(frame, left, top, tile, codes);
      const std::vector<std::uint8_t> jpeg =
          lossless_jpeg({codes.data(), stride, tile.width * samples / components, tile.height, components, bits});
      offsets.push_back(file.append(jpeg));
      sizes.push_back(static_cast<std::uint32_t>(jpeg.size()));
    }
  }
  return {tiff_short(tags::kCompression, kJpeg), tiff_long(tags::kTileWidth, static_cast<std::uint32_t>(tile.width)),
          tiff_long(tags::kTileLength, static_cast<std::uint32_t>(tile.height)), tiff_longs(tags::kTileOffsets, offsets),
          tiff_longs(tags::kTileByteCounts, sizes)};
}

std::vector<TiffValue> append_lossless(const RawFrame& frame, int bits, TiffFile& file) {
  const Size size = frame.size();
  const bool small = (size.width <= kTileSide && size.height <= kTileSide) || size.width < kTileStep;
  return small ? append_one_strip(frame, bits, file) : append_tiles(frame, bits, file);
}

}  // namespace

std::vector<TiffValue> append_pixels(const RawFrame& frame, DngCompression compression, TiffFile& file) {
  const int bits = stored_bits(frame), samples = samples_per_pixel(frame.sensor.cfa);
  std::vector<TiffValue> fields =
      compression == DngCompression::kLossless ? append_lossless(frame, bits, file) : append_strips(frame, bits, file);
  const std::vector<std::uint16_t> depths(static_cast<std::size_t>(samples), static_cast<std::uint16_t>(bits));
  constexpr std::uint16_t kUnsigned = 1, kInterleaved = 1;
  fields.push_back(tiff_shorts(tags::kBitsPerSample, depths));
  fields.push_back(tiff_short(tags::kSamplesPerPixel, static_cast<std::uint16_t>(samples)));
  fields.push_back(tiff_shorts(tags::kSampleFormat, std::vector<std::uint16_t>(static_cast<std::size_t>(samples), kUnsigned)));
  fields.push_back(tiff_short(tags::kPlanarConfig, kInterleaved));
  return fields;
}

}  // namespace argent
