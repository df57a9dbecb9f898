// calibration/fit/pixel_defects.h - pixels that differ from their neighbors in every frame.
#pragma once

#include <span>
#include <vector>

#include "isp/frame.h"

namespace argent {

enum class DefectKind {
  kHot,    ///< too bright without light
  kDark,   ///< too dark in even light: dead, or covered
  kBright  ///< too bright in even light, and not without
};

struct PixelDefect {
  int x = 0, y = 0;  ///< of the active array
  DefectKind kind = DefectKind::kHot;
  float excess =
      0;  ///< hot: codes above the neighbors; otherwise the share of the neighbors' light that it has too much or lacks (-1: all)
};

/// A pixel against the median of the eight around it in its own site's plane, means over all frames of a group. The scale is that of the
/// pixel's surroundings (median absolute deviation over 32x32 samples of the same site, as of a Gaussian). A defect passes 7 of that, has
/// the same sign by 2 in each frame, and is worth a correction: 0.2 % of white's distance from black without light, 5 % of the neighbors in
/// light. Of Gaussian noise one pixel in 10^11 does. Neighbors that are defects themselves are left out in a second pass, so that pairs and
/// rows of three are found.
/// `darks`: without light, at one gain (or of several: group by group); `flats`: even surfaces, not clipped, any exposures. Either may be
/// empty. By rising y, then x. Throws Error: frames that are not alike, and when more than one pixel in a hundred is one: that was no dark
/// frame, or no even surface.
std::vector<PixelDefect> find_defects(std::span<const RawFrame* const> darks, std::span<const RawFrame* const> flats);

}  // namespace argent
