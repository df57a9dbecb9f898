// isp/io/y4m_writer.h - YUV4MPEG2 out: uncompressed video that ffmpeg, mpv and encoders read from a file or a pipe.
#pragma once

#include <cstdint>
#include <ostream>
#include <vector>

#include "isp/yuv_image.h"

namespace argent {

/// Frames a second as a fraction: 30000 / 1001.
struct FrameRate {
  int numerator = 30, denominator = 1;
};

/// Writes 4:2:0 planes (I420). The header says size, rate, progressive, siting in the middle (C420jpeg), the range (XCOLORRANGE, which
/// ffmpeg reads) and the matrix (XCOLORMATRIX, a comment: the format has no tag for it, so a reader has to be told unless it guesses by
/// size).
class Y4mWriter {
 public:
  /// `out` outlives the writer. Throws Error: a size that is not even, a rate that is not positive.
  Y4mWriter(std::ostream& out, Size size, FrameRate rate, YuvFormat format = {});

  /// Throws Error: another size or format than the first, or the stream failed.
  void write(const YuvImage& frame);

 private:
  std::ostream& out_;
  Size size_;
  YuvFormat format_;
  std::vector<std::uint8_t> planes_;  ///< of one frame
};

}  // namespace argent
