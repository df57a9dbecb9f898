// isp/highlight_colors.h - private: what the channel that saturates first is where it does not, from the other two.
#pragma once

#include <array>
#include <vector>

#include "isp/color.h"
#include "isp/frame.h"
#include "isp/pipeline_params.h"
#include "models/runtime/kernel_context.h"

namespace argent {

/// Root of balanced light of the first channel = the sum of weights x such roots, at nodes as a ShadingMesh's. The first channel's own
/// weights are 0. Shape of weights: 3 (R, G, B) x rows x columns.
struct HighlightColors {
  int columns = 1, rows = 1;
  std::array<std::vector<float>, 3> weights;
};

/// The mean of the others everywhere: what is believed of places nothing is known of. `first` -1: of none.
HighlightColors mean_of_others(int first);

/// Own: a least-squares fit at every node, of cells about it that do not clip (of Bayer mosaics every second one each way), bright ones
/// first, and of farther ones with less weight the farther they are; towards mean_of_others() by as much as the frame's mean energy. Where
/// no channel of `codes`, a mosaic, reaches `threshold` of saturation that is all there is. `gains`: white balance. Measured on three chart
/// scenes, overexposed 1.5 to 4 times in numbers: chromaticity of clipped colors 6 to 26 % nearer to the truth than by the mean, 4 %
/// farther in the worst case.
HighlightColors highlight_colors(KernelContext& context, const RawFrame& codes, const Vec3& gains, int first, float threshold);

/// Either, as the params ask.
HighlightColors highlight_colors_of(KernelContext& context, const RawFrame& codes, const Vec3& gains, int first,
                                    const HighlightParams& params);

}  // namespace argent
