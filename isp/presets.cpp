#include "isp/presets.h"

namespace argent {

void apply(Preset preset, PipelineParams& params) {
  const bool live = preset == Preset::kLive, best = preset == Preset::kBest;
  params.demosaic.method = best ? "best" : "fast";
  // Half of luma's noise and of the compression: at 1 the bricks of the CR2 turn to plastic, and its shadows to haze (judged at 200 %).
  params.denoise = live ? DenoiseParams{} : DenoiseParams{.luma = 0.5f, .chroma = 1, .step = best ? 2 : 4};
  params.sharpen = live ? SharpenParams{} : SharpenParams{.amount = best ? 1.0f : 0.5f, .radius = best ? 0.7f : 0.6f};
  params.highlights.neighbors = !live;
  params.tone.local = live ? 0.0f : 0.5f;
}

}  // namespace argent
