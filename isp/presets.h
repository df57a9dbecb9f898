// isp/presets.h - speed against quality, in three words.
#pragma once

#include <array>
#include <string_view>

#include "isp/pipeline_params.h"

namespace argent {

enum class Preset {
  kLive,      ///< one pass: what a camera shows at its own rate
  kBalanced,  ///< with noise reduction, sharpening and local tone
  kBest,      ///< the same with the finer demosaic and patches at every second pixel
};
inline constexpr std::array<std::string_view, 3> kPresetNames{"live", "balanced", "best"};

/// Sets demosaic, highlights.neighbors, denoise, sharpen and tone.local; leaves the rest.
void apply(Preset preset, PipelineParams& params);

}  // namespace argent
