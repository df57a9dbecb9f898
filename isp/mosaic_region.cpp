#include "isp/mosaic_region.h"

#include <algorithm>

namespace argent {

MosaicRegion mosaic_region(const SensorInfo& sensor, Rect area) {
  // render_generator.cpp: kBlock and 2 * kStrip; xtrans_generator.cpp: kBlock and 3 * kStrip; live_kernel.h: kBlock alone
  const int block = sensor.cfa == CfaPattern::kXTrans ? 48 : 64, period = period_of(sensor.cfa);
  const auto round_up = [](int n, int block) { return (n + block - 1) / block * block; };
  MosaicRegion region;
  const Phase phase = phase_of(sensor);
  region.left = (area.x - phase.x) % period;
  region.top = (area.y - phase.y) % period;
  region.origin = {area.x - region.left, area.y - region.top};
  region.width = round_up(area.width + region.left, block);
  region.height = period > 1 ? round_up(area.height + region.top, block) : area.height;
  return region;
}

RegionImage lease_region(BufferPool& pool, const MosaicRegion& region, Rect area, const OutputParams& output) {
  const auto pixel = static_cast<std::ptrdiff_t>(Image::kChannels * sample_size(output.type));
  const std::ptrdiff_t stride = region.width * pixel;
  const auto block = pool.lease(static_cast<std::size_t>(stride) * static_cast<std::size_t>(region.height));
  const halide_dimension_t shape[3]{{0, 3, 1}, {0, region.width, 3}, {0, region.height, 3 * region.width}};
  const halide_type_t type(halide_type_uint, output.type == PixelType::kU8 ? 8 : 16);
  return {{block,
           block.get() + region.top * stride + region.left * pixel,
           stride,
           {area.width, area.height},
           output.type,
           output.encoding,
           output.color},
          Halide::Runtime::Buffer<>(type, block.get(), 3, shape)};
}

int first_channel(const Development& development, CfaPattern cfa) {
  const OutputParams& output = development.output;
  const bool plain = output.encoding == Encoding::kLinear && output.color == ColorSpace::kCamera;
  if (plain || cfa == CfaPattern::kMonochrome) return -1;
  const Vec3& gains = development.gains;
  return static_cast<int>(std::min_element(gains.begin(), gains.end()) - gains.begin());
}

}  // namespace argent
