// isp/black_point.h - private: which light is to come out black. What is made of it: halide_gen/stages/black_point.h.
#pragma once

#include "isp/color.h"
#include "isp/mosaic_pass.h"

namespace argent {

/// Three halves of a black level are taken away at most: 2 % of the light of a white surface, a ninth of middle grey's. More is no haze.
inline constexpr float kMostBlack = 0.02f / 1.5f;

/// Luminance, of light times `matrix`, that `percent` of the pixels do not pass, 0 to kMostBlack; 0 where `percent` is 0. Every n-th pixel
/// of every n-th row is looked at, at most 512 across. `luminance`: shares of R, G, B behind the matrix.
float black_point(const LinearPicture& picture, const Mat3& matrix, const Vec3& luminance, float percent);

}  // namespace argent
