// calibration/fit/shading_fit.h - gains that undo a lens's falloff, from pictures of an even surface.
#pragma once

#include <array>
#include <span>

#include "isp/frame.h"
#include "isp/pipeline_params.h"

namespace argent {

/// Of a picture of an even surface, for the eye: means of its parts, row-major; 1 in the middle before, on the mean after.
struct LightMap {
  static constexpr int kColumns = 32, kRows = 24;
  std::array<float, kColumns * kRows> before{}, after{};  ///< the correction
};

struct ShadingFit {
  ShadingMesh mesh;                    ///< equal gains of all colors in the middle, the smallest of all is 1
  std::array<double, 3> falloff{};     ///< R, G, B: light of the darkest node over the brightest's
  std::array<double, 3> residual{};    ///< rms of (light * gain / mean - 1) over the tiles, their own noise included
  std::array<double, 3> tile_noise{};  ///< standard error of a tile's mean, relative: what of the residual is noise
  double green_imbalance = 0;          ///< G on R's rows over G on B's rows, minus 1, in the middle
  int frames = 0;
  std::array<LightMap, 3> maps;  ///< R, G, B
};

inline constexpr int kShadingColumns = 33, kShadingRows = 25;

/// The nodes are fitted to what render does with them: the gain that is interpolated between them, times the light, is to be 1 in every
/// tile; linear least squares, with a second difference of nodes weighing `kSmoothness` of a tile. Means of tiles (up to 128 across) are
/// without pixels 4 deviations off, so that defects and dust's cores don't count. Frames of one light; any exposures, their levels are made
/// alike. `black`: codes of no light. Throws Error: frames that are not alike, clipped in more than one pixel in a hundred, darker than 2 %
/// of white in some color's mean, in which some tile has less than 1/32 of the middle's light, or whose corners have in green 1.1 times the
/// middle's light or more: that is no falloff.
ShadingFit fit_shading(std::span<const RawFrame* const> frames, const std::array<double, 4>& black, float cct);

}  // namespace argent
