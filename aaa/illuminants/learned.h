// aaa/illuminants/learned.h - private: the learned estimators with other weights than the built-in ones.
#pragma once

#include <memory>

#include "aaa/illuminants/light_model.h"

namespace argent {

std::unique_ptr<IlluminantEstimator> make_learned_colors_with(std::shared_ptr<const LightModel> model);
std::unique_ptr<IlluminantEstimator> make_learned_zones_with(std::shared_ptr<const LightModel> model);

/// `gate`: whether the networks over zones count less the farther they are from the others, which know better what they don't know.
enum class Gate { kOff, kOn };
std::unique_ptr<IlluminantEstimator> make_fused_with(std::shared_ptr<const LightModel> model, const SurfacePrior& prior = kSurfacePrior,
                                                     Gate gate = Gate::kOn, const LightFusionParams& fusion = {});

}  // namespace argent
