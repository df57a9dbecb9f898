// calibration/chart/sensor_picture.h - a RAW frame as a linear color picture of half its size: where charts are looked for and read.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "isp/frame.h"
#include "isp/image.h"
#include "isp/pipeline_params.h"
#include "models/runtime/buffer_pool.h"

namespace argent {

/// A place in the active array, 0..1 from its left and upper edge.
struct PlaneFraction {
  float x = 0, y = 0;
};

/// A Bayer quad is one pixel, its two greens averaged: nothing is interpolated, so that means of patches are means of codes.
struct SensorPicture {
  Image linear;                       ///< f32, the sensor's R G B before white balance: 0 = black level, 1 = saturation; may pass both
  std::vector<std::uint8_t> clipped;  ///< height x width: 1 where a code of the quad is at saturation
  Size frame;                         ///< the active array, in sensor pixels
  int step = 1;                       ///< sensor pixels of a picture's pixel, along each axis

  bool is_clipped(int x, int y) const {
    return clipped[static_cast<std::size_t>(y) * static_cast<std::size_t>(linear.width()) + static_cast<std::size_t>(x)] != 0;
  }
  /// Corner coordinates in pixels of `linear` (the first pixel spans 0..1) of a place, and back. A last odd column or row of the sensor is
  /// not in the picture.
  std::array<double, 2> pixel_of(PlaneFraction place) const;
  PlaneFraction place_of(double x, double y) const;
};

/// `pool` must outlive the picture's blocks. Throws Error for a monochrome sensor, a frame without a whole quad, and one that contradicts
/// itself.
SensorPicture sensor_picture(const RawFrame& frame, BufferPool& pool);

/// Multiplies by what undoes the lens's falloff at a temperature, as Pipeline::measure does: meshes (by rising cct, as PipelineParams has
/// them) linear in reciprocal temperature, bilinear between their nodes. No mesh: nothing changes.
void undo_shading(SensorPicture& picture, std::span<const ShadingMesh> meshes, float cct);

}  // namespace argent
