// aaa/cct_curve.h - a cct curve for a camera that has matrices only.
#pragma once

#include <span>
#include <vector>

#include "isp/color.h"

namespace argent {

/// What a sensor makes of natural light from 2000 to 10000 K, from its DNG ColorMatrix1/2 alone; about 20 mired apart. Empty without
/// matrices, and where they give no positive response to white.
std::vector<CctPoint> cct_curve_of(std::span<const ColorMatrix> matrices);

}  // namespace argent
