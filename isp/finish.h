// isp/finish.h - private: the last pass: from linear camera color to the picture.
#pragma once

#include "isp/mosaic_pass.h"

namespace argent {

Image finish(const Kernels& kernels, KernelContext& context, LinearPicture picture, const PipelineParams& params,
             const Development& development);

}  // namespace argent
