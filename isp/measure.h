// isp/measure.h - private: run the measure kernel and turn its sums into Statistics.
#pragma once

#include "isp/controls.h"
#include "isp/kernels.h"
#include "isp/pipeline_params.h"
#include "isp/statistics.h"
#include "models/runtime/kernel_context.h"

namespace argent {

Statistics measure(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& current,
                   const PipelineParams& params);

}  // namespace argent
