// aaa/mixed_light.h - private: two lights in one picture, as a smooth map of where which is.
//
// Source: own. The Bayesian search of illuminants/bayes is repeated at the nodes of a coarse mesh with the zones near each; two means
// of what they say are the lights, and every node gets its share of the second.
#pragma once

#include <optional>

#include "aaa/illuminants/zone_colors.h"
#include "isp/controls.h"

namespace argent {

struct MixedLight {
  GainMap gain_map;                        ///< relative to gains that undo `light`
  std::array<float, 2> first{}, second{};  ///< (u, v) of the bluer and the redder light
};

/// nullopt: one light explains the picture, or there is no curve to tell lights from paints. `light`: (u, v) that the gains undo.
std::optional<MixedLight> find_mixed_light(const ZoneColors& zones, const IlluminantPrior& prior, const std::array<float, 2>& light);

}  // namespace argent
