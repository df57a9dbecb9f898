// isp/mosaic_region.h - private: what the kernels that read a RAW frame share: the region they fill and the channel that saturates first.
#pragma once

#include "isp/development.h"
#include "isp/geometry.h"
#include "isp/kernel_inputs.h"

namespace argent {

/// Whole cells and whole blocks around the picture's area.
struct MosaicRegion {
  Phase origin;  ///< of the region, in the active array
  int width = 0, height = 0;
  int left = 0, top = 0;  ///< of the picture, in the region
};

MosaicRegion mosaic_region(const SensorInfo& sensor, Rect area);

/// R, G, B of a picture of `area` in pooled memory, and the kernel's view of its whole region: (channel, x, y).
struct RegionImage {
  Image picture;
  Halide::Runtime::Buffer<> region;
};

RegionImage lease_region(BufferPool& pool, const MosaicRegion& region, Rect area, const OutputParams& output);

/// Index of the channel with the least gain; -1 where highlights are to be left alone: plain sensor light, monochrome.
int first_channel(const Development& development, CfaPattern cfa);

}  // namespace argent
