// isp/measure_sums.h - the order of the sums that the measure kernel hands to isp/measure.cpp: the one line both sides agree on.
// Private; halide_gen/measure_generator.cpp includes it in the build, so it knows nothing but the language.
#pragma once

namespace argent {

/// Columns of cells in a tile of the kernel's `sums`: what one tile adds up stays in the first-level cache. The last of several tiles ends
/// with the frame, so that its first columns may be the second last's, too.
inline constexpr int kMeasureTile = 256;

/// Columns that focus looks at before a column and behind it. Where the frame ends there are none: of its first kMeasureBefore columns and
/// its last kMeasureAfter the focus is not measured. Sum kFocusFine and kFocusCoarse number i of a tile are of column i + kMeasureBefore
/// of those it looks at.
inline constexpr int kMeasureBefore = 2, kMeasureAfter = 3;
/// A kernel's frame has so many columns or more.
inline constexpr int kMeasuredColumns = kMeasureTile + kMeasureBefore + kMeasureAfter;

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
