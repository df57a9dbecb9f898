// isp/mosaic_pass.h - private: the pass that reads the RAW frame, to linear camera color, or without a mosaic to a finished picture
// (live_pass.h has that of Bayer mosaics).
#pragma once

#include <HalideBuffer.h>

#include "isp/development.h"
#include "isp/image.h"
#include "isp/kernels.h"
#include "models/runtime/kernel_context.h"

namespace argent {

/// Linear color, planar, in pooled memory. Shape: (x, y, R G B), or other planes where it says so.
struct LinearPicture {
  std::shared_ptr<std::byte> block;
  Halide::Runtime::Buffer<float> pixels;
  float ceiling = 1;  ///< no light is higher, but for what interpolation overshoots
  int width() const { return pixels.dim(0).extent(); }
  int height() const { return pixels.dim(1).extent(); }
};

/// Before its planes there is room for another, which costs nothing until it is used: for passes that don't write where they read.
LinearPicture lease_linear(BufferPool& pool, int width, int height, int channels = Image::kChannels);

/// Of a frame without a mosaic the picture's area in one pass, curve and transfer function included: for sRGB and the camera's own colors.
Image planes_to_picture(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                        const PipelineParams& params, const Development& development, Rect area);

/// Balanced camera color, highlights repaired, without the matrix.
LinearPicture mosaic_to_linear(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                               const PipelineParams& params, const Development& development, Rect area);

/// The same with what lies between the stages: planes of isp/stage_planes.h. Baseline instructions.
LinearPicture mosaic_stages(KernelContext& context, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
                            const Development& development, Rect area);

}  // namespace argent
