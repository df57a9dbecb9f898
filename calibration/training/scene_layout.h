// calibration/training/scene_layout.h - private: what stands where in a synthetic scene, zone by zone, before any light falls on it.
//
// Source: dead leaves with a power law of sizes, of which the statistics of pictures are known to be like those of real scenes (Lee,
// Mumford and Huang 2001, "Occlusion models for natural images").
#pragma once

#include <vector>

#include "calibration/training/scene_lights.h"
#include "calibration/training/scene_random.h"

namespace argent {

struct LayoutZone {
  std::size_t material = 0, other = 0;  ///< indices below the number of materials
  float blend = 0;                      ///< share of `other`, 0..1: small things in one zone
  float albedo = 1;                     ///< of this object, beside its material's
  float second = 0;                     ///< share of the second light's strength that falls here, 0..1; the first has the rest
  float shading = 1;                    ///< how the surface is turned to the light
  float specular = 0;                   ///< light mirrored without the surface's color; a white surface is 1
  float emitter = 0;                    ///< share of the zone that the emitter covers, 0..1
  float contrast = 0;                   ///< standard deviation of log luminance among the zone's pixels
};

/// `columns` x `rows` zones, row-major, of a picture of 4:3 whatever the grid: what is drawn from `random` does not depend on it, the grain
/// of the zones comes from `grain`. `materials`: at least 1.
std::vector<LayoutZone> draw_layout(int columns, int rows, std::size_t materials, const SceneLights& lights, SceneRandom& random,
                                    SceneRandom& grain);

}  // namespace argent
