// reference/yuv.h - slow twin of stages/yuv.h, in double from the recommendations' definition: differences of color and luma.
#pragma once

#include <array>

#include "isp/image.h"
#include "isp/yuv_image.h"

namespace argent::reference {

/// Y, Cb, Cr codes, not rounded, of R'G'B' codes of 8 bits.
inline std::array<double, 3> yuv_of(const std::array<double, 3>& rgb, YuvFormat format) {
  const bool hd = format.matrix == YuvMatrix::kBt709, uhd = format.matrix == YuvMatrix::kBt2020,
             limited = format.range == YuvRange::kLimited;
  const double r = rgb[0] / 255, g = rgb[1] / 255, b = rgb[2] / 255;
  const double y = uhd  ? 0.2627 * r + 0.6780 * g + 0.0593 * b
                   : hd ? 0.2126 * r + 0.7152 * g + 0.0722 * b
                        : 0.299 * r + 0.587 * g + 0.114 * b;
  const double cb = (b - y) / (uhd ? 1.8814 : hd ? 1.8556 : 1.772), cr = (r - y) / (uhd ? 1.4746 : hd ? 1.5748 : 1.402);
  if (!limited) return {255 * y, 255 * cb + 128, 255 * cr + 128};
  return {219 * y + 16, 224 * cb + 128, 224 * cr + 128};
}

inline std::array<double, 3> pixel(const Image& picture, int x, int y) {
  const auto* p = picture.row<std::uint8_t>(y) + x * Image::kChannels;
  return {double(p[0]), double(p[1]), double(p[2])};
}

/// Mean of the 2x2 pixels whose corner is (x, y).
inline std::array<double, 3> block(const Image& picture, int x, int y) {
  std::array<double, 3> mean{};
  for (int i = 0; i < 4; i++) {
    const auto p = pixel(picture, x + i % 2, y + i / 2);
    for (std::size_t c = 0; c < 3; c++) mean[c] += p[c] / 4;
  }
  return mean;
}

}  // namespace argent::reference
