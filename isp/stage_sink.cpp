#include "isp/stage_sink.h"

#include <cstdint>

namespace argent {

float StagePicture::value(int x, int y, int channel) const {
  const std::ptrdiff_t at = x * x_stride + y * y_stride + channel * channel_stride;
  if (type == PixelType::kF32) return static_cast<const float*>(data)[at];
  const bool bytes = type == PixelType::kU8;
  const auto code = bytes ? float(static_cast<const std::uint8_t*>(data)[at]) : float(static_cast<const std::uint16_t*>(data)[at]);
  return domain == StageDomain::kCodes ? code : code / (bytes ? 255.0f : 65535.0f);
}

int StagePicture::color(int x, int y, int channel) const {
  if (channels == 3) return channel;
  return sensor != nullptr && cell_side(sensor->cfa) > 1 ? color_at(*sensor, left + x, top + y) : 1;
}

}  // namespace argent
