// aaa/illuminants/light_experts.h - private: the networks of a LightModel at work on one frame after the other.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "aaa/illuminants/light_model.h"
#include "models/tensor/plan.h"

namespace argent {

/// For one thread at a time; nothing is allocated after the first frame.
class LightExperts {
 public:
  explicit LightExperts(std::shared_ptr<const LightModel> model);

  /// Log-probabilities of the candidates of the features; valid until the next call of the same function.
  std::span<const float> by_colors(const LightFeatures& features);
  std::span<const float> by_planes(const LightFeatures& features);

 private:
  std::shared_ptr<const LightModel> model_;
  std::optional<tensor::Plan> facts_;  ///< [1, kLights, kLightFacts] -> [1, kLights, 1]
  std::vector<tensor::Plan> planes_;   ///< planes, strength -> [1, kLights]
  std::vector<float> of_colors_, of_planes_, one_;
};

}  // namespace argent
