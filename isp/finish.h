// isp/finish.h - private: the last pass: from linear camera color to the picture.
#pragma once

#include <optional>

#include "isp/band_sink.h"
#include "isp/local_tone.h"
#include "isp/mosaic_pass.h"
#include "isp/stage_tap.h"

namespace argent {

/// Whether a black level is to be found and taken away, which one pass over the mosaic cannot.
bool wants_black_point(const PipelineParams& params);

/// `gains`: of regions, where the picture does not have them yet.
Image finish(const Kernels& kernels, KernelContext& context, LinearPicture picture, std::optional<LocalGains> gains,
             const PipelineParams& params, const Development& development, const StageTap& tap);

/// The same in bands.
void finish_in_bands(const Kernels& kernels, KernelContext& context, LinearPicture picture, std::optional<LocalGains> gains,
                     const PipelineParams& params, const Development& development, const BandSink& sink);

/// The stages of finish() alone, for a picture that the mosaic's kernel makes itself.
void show_color(const Kernels& kernels, KernelContext& context, LinearPicture picture, const PipelineParams& params,
                const Development& development, const StageTap& tap);

}  // namespace argent
