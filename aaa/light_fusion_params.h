// aaa/light_fusion_params.h - how much `bayes` and `fused` make of each thing they look at.
#pragma once

#include "isp/params.h"

namespace argent {

/// Exponents of a logarithmic opinion pool, 0: it isn't listened to. The first two make the prior, which is all of `bayes` and one part of
/// `fused`. Source of the defaults: the fit of the prior; by hand, by the folds and left-out sensors of pi_scenes
/// (illuminants/learned.cpp).
struct LightFusionParams {
  float surfaces = 1;     ///< of what the colors of surfaces say
  float lights = 1;       ///< of what the strength of the light says
  float prior = 0.4f;     ///< of the two together, in `fused`
  float colors = 0.8f;    ///< of the network over colors
  float zones = 0.8f;     ///< of the networks over zones
  float grey = 0.2f;      ///< of grey pixels
  float gate_reach = 40;  ///< mired that networks over zones are apart from the others, at which they count half
  float doubt = 0.3f;     ///< of that distance, added to the uncertainty
  float grey_sigma = 40;  ///< mired, beside what grey pixels claim
};

template <class List>
void describe(List& list, LightFusionParams& p) {
  list.field("surfaces", p.surfaces, {.min = 0, .max = 4, .doc = "exponent of what the colors of surfaces say"});
  list.field("lights", p.lights, {.min = 0, .max = 4, .doc = "exponent of what the strength of the light says"});
  list.field("prior", p.prior, {.min = 0, .max = 4, .doc = "exponent of the two together, in fused"});
  list.field("colors", p.colors, {.min = 0, .max = 4, .doc = "exponent of the network over colors, in fused"});
  list.field("zones", p.zones, {.min = 0, .max = 4, .doc = "exponent of the networks over zones, in fused"});
  list.field("grey", p.grey, {.min = 0, .max = 4, .doc = "exponent of grey pixels, in fused"});
  list.field("gate_reach", p.gate_reach,
             {.min = 1, .max = 1000, .unit = "mired", .doc = "distance at which the networks over zones count half"});
  list.field("doubt", p.doubt, {.min = 0, .max = 4, .doc = "of that distance, added to the uncertainty"});
  list.field("grey_sigma", p.grey_sigma, {.min = 1, .max = 1000, .unit = "mired", .doc = "uncertainty of grey pixels beside their own"});
}

}  // namespace argent
