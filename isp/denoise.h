// isp/denoise.h - private: noise reduction and sharpening of linear camera color.
#pragma once

#include "isp/mosaic_pass.h"
#include "isp/noise_spectrum.h"

namespace argent {

/// Whether the params ask for anything.
bool wants_detail_pass(const PipelineParams& params);

/// In place. `spectrum` and `noise` are of the frame that `picture` was made from.
LinearPicture denoised(const Kernels& kernels, KernelContext& context, LinearPicture picture, const RootNoise& noise,
                       const NoiseSpectrum& spectrum, const PipelineParams& params);

}  // namespace argent
