// isp/measure_sums.h - the order of the sums that the measure kernel hands to isp/measure.cpp: the one line both sides agree on.
// Private; halide_gen/measure_generator.cpp includes it in the build, so it knows nothing but the language.
#pragma once

namespace argent {

/// Columns of cells in a tile of the kernel's `sums`: what one tile adds up stays in the first-level cache. The last of several tiles ends
/// with the frame, so that its first columns may be the second last's, too.
inline constexpr int kMeasureTile = 256;

/// The last dimension of the kernel's `sums`.
enum MeasureSum {
  kRed,
  kGreen,
  kBlue,
  kRedUnclipped,
  kGreenUnclipped,
  kBlueUnclipped,
  kUnclippedQuads,
  kClipped,
  kDark,
  kFocusFine,
  kFocusCoarse,
  kLevel,
  kSums
};

}  // namespace argent
