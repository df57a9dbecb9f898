// calibration/synthesis/best_color_matrix.h - how well any matrix can do: what of a camera's color errors is its own.
#pragma once

#include "camera/spectral/sensitivities.h"
#include "isp/color.h"

namespace argent {

enum class BrightnessFit {
  kKnown,  ///< white is where it is
  kFree,   ///< one factor on all patches, as where exposure isn't known
};

struct BestColorMatrix {
  Mat3 camera_to_xyz{};   ///< white-balanced camera RGB to XYZ under the light; (1, 1, 1) becomes the light's white, Y = 1
  double brightness = 1;  ///< the factor on the patches
  double mean_delta_e = 0, worst_delta_e = 0;  ///< CIEDE2000 over a ColorChecker's patches, without noise
};

/// The matrix that keeps white and has the least mean CIEDE2000 over the 24 patches: least squares weighted by 1 / (Y + 0.05), then Nelder
/// and Mead's simplex over the six unknowns (seven with the brightness), begun again until it stays. Throws Error: colors that no matrix
/// fits.
BestColorMatrix best_color_matrix(const Sensitivities& sensor, const Spectrum& light, BrightnessFit brightness);

}  // namespace argent
