// isp/correct.h - private: a mosaic put right before anything is made of it.
#pragma once

#include "isp/frame.h"
#include "isp/kernels.h"
#include "isp/pipeline_params.h"
#include "models/runtime/kernel_context.h"

namespace argent {

/// Whether correct() would change anything.
bool needs_correction(const RawFrame& frame, const PipelineParams& params);

/// Dark frame, list-1 opcodes and known bad pixels, line noise, greens. The codes come in 16 bits, as large as they may be, in memory from
/// the context's pool: a copy of the mosaic, 2 bytes a pixel. A frame that needs nothing comes with the same pixels. Frames with three
/// samples a pixel have no mosaic: nothing is done to them, and a dark frame for one is an Error.
RawFrame correct(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const PipelineParams& params);

}  // namespace argent
