// aaa/illuminants/greyness.h - private: how much a zone looks like a grey surface, by how its light varies and how bright it is.
//
// Source: Yang, Gao and Li 2015, "Efficient illuminant estimation for color constancy using grey pixels" (greyness from log
// contrast, brighter counts more); Qian et al. 2019, "On finding gray pixels" (chroma of the contrast as the measure).
#pragma once

#include <vector>

#include "aaa/illuminants/zone_colors.h"

namespace argent {

/// Of each used zone.
struct ZoneLooks {
  /// Luminance contrast over luminance and chroma contrast with the neighbors: 1 = grey, near 0 = an edge between paints.
  std::vector<float> greyness;
  /// 0..1. Brighter zones are less touched by black level and noise and oftener white; relative to the scene, so that exposure has no say.
  std::vector<float> brightness;
  std::vector<float> levels;  ///< of the zones, sorted in part
};
ZoneLooks looks_of(const ZoneColors& zones);
void looks_of(const ZoneColors& zones, ZoneLooks& out);  ///< uses its memory again

}  // namespace argent
