// isp/io/y4m_writer.h - YUV4MPEG2 out: uncompressed video that ffmpeg, mpv and encoders read from a file or a pipe.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "isp/yuv_image.h"

namespace argent {

/// Frames a second as a fraction: 30000 / 1001.
struct FrameRate {
  int numerator = 30, denominator = 1;
};

/// Writes 4:2:0 planes (I420). The header says size, rate, progressive, siting in the middle (C420jpeg), the range (XCOLORRANGE, which
/// ffmpeg reads) and the matrix (XBT709, XBT601 or XBT2020, comments of our own: the format has no tag for it, so a reader has to be told
/// unless it guesses by size).
class Y4mWriter {
 public:
  /// Takes bytes in order, or throws.
  using Output = std::function<void(const void* bytes, std::size_t size)>;

  /// Writes the header. Throws Error: a size that is not even, a rate that is not positive.
  Y4mWriter(Output out, Size size, FrameRate rate, YuvFormat format = {});

  /// Throws Error: another size or format than the first.
  void write(const YuvImage& frame);

 private:
  Output out_;
  Size size_;
  YuvFormat format_;
  std::vector<std::uint8_t> planes_;  ///< of one frame
};

}  // namespace argent
