// isp/stage_planes.h - what a render kernel with its stages stored and its caller agree on: the planes of its output.
#pragma once

namespace argent {

/// Planes of f32: linear light, 1 = saturation of the sensor, balanced. The first three are those of the kernel without its stages.
inline constexpr int kRepairedPlanes = 0;    ///< R G B, highlights repaired
inline constexpr int kDemosaicedPlanes = 3;  ///< R G B, highlights as they came; of frames without a mosaic what balancing left
inline constexpr int kBalancedPlane = 6;     ///< a mosaic after levels, lens shading and white balance
inline constexpr int kSoundPlane = 7;        ///< the same with defects replaced
inline constexpr int kBayerStagePlanes = 8, kXtransStagePlanes = 7, kPlanesStagePlanes = 6;

}  // namespace argent
