// isp/io/dng_color.h - private: a frame's color as DNG says it. Source: DNG 1.7.1.0, chapters 4 and 6.
#pragma once

#include <optional>
#include <vector>

#include "isp/frame.h"
#include "isp/io/tiff_value.h"

namespace argent {

/// Matrices, calibrations and tables of IFD 0, with the as-shot white of `gains`.
std::vector<TiffValue> color_fields(const RawFrame& frame, const std::optional<Vec3>& gains);

/// White-balanced camera RGB to XYZ of D50, from what a color matrix makes of its light's white (chapter 6, "Mapping Camera Color Space to
/// CIE XYZ Space"): the row sums are the white of D50. nullopt for a singular matrix.
std::optional<Mat3> forward_matrix(const Mat3& xyz_to_camera, Chromaticity white);

}  // namespace argent
