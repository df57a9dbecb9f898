// isp/join.h - private: denoised opponents sharpened and put together: to linear color, or to a picture in one pass.
#pragma once

#include "isp/band_sink.h"
#include "isp/denoise.h"
#include "isp/local_tone.h"

namespace argent {

/// Linear color.
LinearPicture joined(const Kernels& kernels, KernelContext& context, const Denoised& picture);

/// Whether one kernel leads to this picture: a direct curve to 8 bits, with nothing to be asked of the picture before.
bool join_can_finish(const PipelineParams& params, const Development& development);

/// The picture, where that is so, with these gains.
Image joined_picture(const Kernels& kernels, KernelContext& context, const Denoised& picture, const LocalGains& gains,
                     const PipelineParams& params, const Development& development);

/// The same in bands.
void joined_bands(const Kernels& kernels, KernelContext& context, const Denoised& picture, const LocalGains& gains,
                  const PipelineParams& params, const Development& development, const BandSink& sink);

}  // namespace argent
