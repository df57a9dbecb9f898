// isp/render.h - private: run the passes that a frame and its params ask for.
#pragma once

#include "isp/band_sink.h"
#include "isp/controls.h"
#include "isp/image.h"
#include "isp/kernels.h"
#include "isp/pipeline_params.h"
#include "isp/stage_sink.h"
#include "isp/yuv_image.h"
#include "models/runtime/kernel_context.h"

namespace argent {

/// `sink` is told of the stages from kBalanced on; nullptr: nobody is. The picture is the same.
Image render(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
             StageSink* sink);

/// The same picture in bands, as Pipeline::render_in_bands().
void render_in_bands(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                     const PipelineParams& params, const BandSink& sink);

/// to_yuv() of render(), in one pass where that is possible (isp/live_pass.h).
YuvImage render_yuv(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                    const PipelineParams& params, YuvFormat format);

/// Size of the picture before it is turned upright.
Size stored_size(const RawFrame& frame, const PipelineParams& params);

}  // namespace argent
