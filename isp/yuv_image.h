// isp/yuv_image.h - a picture as video wants it: NV12, 4:2:0 of 8 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "isp/geometry.h"
#include "models/runtime/buffer_pool.h"

namespace argent {

enum class YuvMatrix {
  kBt709,   ///< ITU-R BT.709-6, 3.2: what HD video and sRGB's primaries go with
  kBt601,   ///< ITU-R BT.601-7, 2.5.1: standard definition, JPEG
  kBt2020,  ///< ITU-R BT.2020-2, table 4, non-constant luminance: ultra high definition. The picture's primaries stay what they are
};

enum class YuvRange {
  kLimited,  ///< luma 16 to 235, chroma 16 to 240
  kFull,     ///< 0 to 255
};

struct YuvFormat {
  YuvMatrix matrix = YuvMatrix::kBt709;
  YuvRange range = YuvRange::kLimited;
  bool operator==(const YuvFormat&) const = default;
};

/// Move-only. Shape: height rows of width luma codes; height / 2 rows of width / 2 pairs Cb, Cr, each of the mean of its 2x2 pixels and
/// sited in their middle (MPEG-1's and JPEG's siting). Width and height are even. The transfer function stays the picture's: sRGB.
class YuvImage {
 public:
  YuvImage() = default;
  /// Undefined contents. Throws Error when a side is odd or below 2, or there is no memory.
  YuvImage(BufferPool& pool, Size size, YuvFormat format);
  YuvImage(YuvImage&&) noexcept = default;
  YuvImage& operator=(YuvImage&&) noexcept = default;
  YuvImage(const YuvImage&) = delete;
  YuvImage& operator=(const YuvImage&) = delete;

  int width() const { return size_.width; }
  int height() const { return size_.height; }
  Size size() const { return size_; }
  YuvFormat format() const { return format_; }
  bool empty() const { return block_ == nullptr; }
  /// Bytes from row to row, of both planes; a multiple of 64.
  std::ptrdiff_t stride() const { return stride_; }

  std::uint8_t* luma(int y) { return data() + y * stride_; }
  const std::uint8_t* luma(int y) const { return data() + y * stride_; }
  /// Cb, Cr, Cb ... of the pixel rows 2 y and 2 y + 1. The plane follows the luma's, as NV12 has it.
  std::uint8_t* chroma(int y) { return data() + (size_.height + y) * stride_; }
  const std::uint8_t* chroma(int y) const { return data() + (size_.height + y) * stride_; }

 private:
  std::uint8_t* data() const { return reinterpret_cast<std::uint8_t*>(block_.get()); }

  std::shared_ptr<std::byte> block_;
  std::ptrdiff_t stride_ = 0;
  Size size_;
  YuvFormat format_;
};

}  // namespace argent
