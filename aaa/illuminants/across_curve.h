// aaa/illuminants/across_curve.h - private: from a temperature to a color of the light, which may lie beside the curve of whites.
#pragma once

#include <span>

#include "aaa/illuminants/surface_prior.h"

namespace argent {

/// The light of a belief about its temperature, moved off the curve as far as the zones that look white there agree on it. `curve` has at
/// least one candidate. Sets mean and covariance; evidence is the caller's. Source: own.
Illuminant light_near(std::span<const CurveCandidate> curve, const MiredBelief& belief, const ZoneColors& zones, const ZoneLooks& looks);

}  // namespace argent
