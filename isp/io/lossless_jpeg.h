// isp/io/lossless_jpeg.h - private: lossless JPEG, as DNG keeps mosaics.
//
// Source: ITU-T T.81 (1992), annex H (process 14, SOF3), predictor 1 (the sample to the left of the same component), Huffman table of the
// best code lengths for these samples (annex K.2), shared by the components.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace argent {

/// Samples of `components` interleaved; row y at data + y * stride. A Bayer mosaic is a picture of half the width with two components: its
/// neighbors in a row are then of one color.
struct LosslessJpegPicture {
  const std::uint16_t* data = nullptr;
  std::ptrdiff_t stride = 0;  ///< in samples
  int width = 0, height = 0;  ///< 1 to 65535
  int components = 1;         ///< 1 to 4
  int bits = 16;              ///< 2 to 16; no sample may have more
};

/// The file: SOI, DHT, SOF3, SOS, samples, EOI. Same samples, same bytes. Takes memory for two bytes a sample and the result. Throws Error
/// for a picture outside of these ranges, or a sample with more than `bits`.
std::vector<std::uint8_t> lossless_jpeg(const LosslessJpegPicture& picture);

}  // namespace argent
