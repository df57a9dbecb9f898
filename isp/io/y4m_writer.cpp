#include "isp/io/y4m_writer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::string_view kFrameHeader = "FRAME\n";

const char* matrix_tag(YuvMatrix matrix) {
  switch (matrix) {
    case YuvMatrix::kBt601:
      return " XBT601";
    case YuvMatrix::kBt2020:
      return " XBT2020";
    case YuvMatrix::kBt709:
      break;
  }
  return " XBT709";
}

}  // namespace

Y4mWriter::Y4mWriter(Output out, Size size, FrameRate rate, YuvFormat format) : out_(std::move(out)), size_(size), format_(format) {
  if (size.width < 2 || size.height < 2 || size.width % 2 != 0 || size.height % 2 != 0) {
    throw Error("y4m of " + to_text(size) + " pixels, expected even sides");
  }
  if (rate.numerator < 1 || rate.denominator < 1) {
    throw Error("y4m with " + std::to_string(rate.numerator) + "/" + std::to_string(rate.denominator) + " frames a second");
  }
  planes_.resize(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) / 2 * 3);
  // ffmpeg reads no more than 80 characters of it, so what has a default is left out.
  const std::string header = "YUV4MPEG2 W" + std::to_string(size.width) + " H" + std::to_string(size.height) + " F" +
                             std::to_string(rate.numerator) + ":" + std::to_string(rate.denominator) +
                             " Ip C420jpeg XCOLORRANGE=" + (format.range == YuvRange::kLimited ? "LIMITED" : "FULL") +
                             matrix_tag(format.matrix) + "\n";
  out_(header.data(), header.size());
}

void Y4mWriter::write(const YuvImage& frame) {
  if (!(frame.size() == size_)) throw Error("y4m of " + to_text(size_) + " pixels was given " + to_text(frame.size()));
  if (!(frame.format() == format_)) throw Error("y4m was given a frame of another matrix or range");
  auto* to = planes_.data();
  for (int y = 0; y < size_.height; y++) to = std::copy_n(frame.luma(y), size_.width, to);
  const int width = size_.width / 2, height = size_.height / 2;
  auto *cb = to, *cr = to + static_cast<std::ptrdiff_t>(width) * height;
  for (int y = 0; y < height; y++) {
    const std::uint8_t* pairs = frame.chroma(y);
    for (int x = 0; x < width; x++) {
      *cb++ = pairs[2 * x];
      *cr++ = pairs[2 * x + 1];
    }
  }
  out_(kFrameHeader.data(), kFrameHeader.size());
  out_(planes_.data(), planes_.size());
}

}  // namespace argent
