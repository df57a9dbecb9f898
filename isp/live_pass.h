// isp/live_pass.h - private: the pass from a Bayer mosaic to a finished picture in 16-bit integers (halide_gen/live_kernel.h).
#pragma once

#include "isp/band_sink.h"
#include "isp/development.h"
#include "isp/image.h"
#include "isp/kernels.h"
#include "isp/yuv_image.h"
#include "models/runtime/kernel_context.h"

namespace argent {

/// Whether it can make this picture: of a Bayer mosaic by the fast demosaic, 8 bits, or 16 of linear light.
bool live_pass_can(const RawFrame& frame, const PipelineParams& params);

/// The picture's area, for sRGB and the camera's own colors.
Image live_picture(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                   const PipelineParams& params, const Development& development, Rect area);

/// The same in bands.
void live_bands(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                const PipelineParams& params, const Development& development, Rect area, const BandSink& sink);

/// The same as video. No picture lies between: colors are rounded once, not twice as by to_yuv(), from which a code may differ by 1. Throws
/// Error for an area with a side below 2.
YuvImage live_video(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                    const PipelineParams& params, const Development& development, Rect area, YuvFormat format);

}  // namespace argent
