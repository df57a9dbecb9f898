// aaa/illuminants/learned.h - private: the learned estimators with other weights than the built-in ones.
#pragma once

#include <memory>

#include "aaa/illuminants/light_model.h"

namespace argent {

std::unique_ptr<IlluminantEstimator> make_learned_colors_with(std::shared_ptr<const LightModel> model);
std::unique_ptr<IlluminantEstimator> make_learned_zones_with(std::shared_ptr<const LightModel> model);
std::unique_ptr<IlluminantEstimator> make_fused_with(std::shared_ptr<const LightModel> model);

}  // namespace argent
