// isp/image.h - a picture: interleaved RGB in pooled memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "isp/geometry.h"
#include "models/runtime/buffer_pool.h"

namespace argent {

enum class PixelType { kU8, kU16, kF32 };

/// Bytes of one sample.
constexpr std::size_t sample_size(PixelType type) { return type == PixelType::kU8 ? 1 : type == PixelType::kU16 ? 2 : 4; }

/// What the numbers mean. Integers: full scale is 1.0. Floats: 1.0 is 1.0, values outside 0..1 are legal.
enum class Encoding {
  kSrgb,    ///< display-referred, the color space's transfer function; of camera color sRGB's (IEC 61966-2-1)
  kLinear,  ///< proportional to light
};

/// isp/color_space.h has their primaries and transfer functions.
enum class ColorSpace {
  kSrgb,       ///< sRGB / BT.709 primaries, D65
  kCamera,     ///< the sensor's own primaries, white balanced
  kDisplayP3,  ///< SMPTE EG 432-1
  kRec2020,    ///< ITU-R BT.2020
  kRec2100Pq,  ///< BT.2020's primaries with SMPTE ST 2084's transfer function: light in cd/m2; 16 bits
};

/// What a picture is, without its pixels.
struct ImageInfo {
  Size size;
  PixelType type = PixelType::kU8;
  Encoding encoding = Encoding::kSrgb;
  ColorSpace color_space = ColorSpace::kSrgb;
};

/// Shape: height x width x 3, R G B. Move-only: pixels are large; copying is a decision. Row y starts at data() + y * stride().
class Image {
 public:
  static constexpr int kChannels = 3;

  Image() = default;
  /// Undefined contents. Throws Error when width or height is below 1, or there is no memory.
  Image(BufferPool& pool, Size size, PixelType type, Encoding encoding, ColorSpace space);
  /// A view into a block: `origin` is the first sample of row 0; stride in bytes.
  Image(std::shared_ptr<std::byte> block, std::byte* origin, std::ptrdiff_t stride, Size size, PixelType type, Encoding encoding,
        ColorSpace space);
  Image(Image&&) noexcept = default;
  Image& operator=(Image&&) noexcept = default;
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  int width() const { return size_.width; }
  int height() const { return size_.height; }
  Size size() const { return size_; }
  PixelType type() const { return type_; }
  Encoding encoding() const { return encoding_; }
  ColorSpace color_space() const { return space_; }
  ImageInfo info() const { return {size_, type_, encoding_, space_}; }
  std::ptrdiff_t stride() const { return stride_; }                   ///< bytes from row to row
  const std::shared_ptr<std::byte>& block() const { return block_; }  ///< what the pixels lie in
  bool empty() const { return origin_ == nullptr; }

  std::byte* data() { return origin_; }
  const std::byte* data() const { return origin_; }

  template <class T>
  T* row(int y) {
    return reinterpret_cast<T*>(origin_ + y * stride_);
  }
  template <class T>
  const T* row(int y) const {
    return reinterpret_cast<const T*>(origin_ + y * stride_);
  }

 private:
  std::shared_ptr<std::byte> block_;
  std::byte* origin_ = nullptr;
  std::ptrdiff_t stride_ = 0;
  Size size_;
  PixelType type_ = PixelType::kU8;
  Encoding encoding_ = Encoding::kSrgb;
  ColorSpace space_ = ColorSpace::kSrgb;
};

}  // namespace argent
