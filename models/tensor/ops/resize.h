// models/tensor/ops/resize.h - images of another size, padding that repeat what is inside, channels as pixels.
#pragma once

#include <vector>

#include "models/tensor/operand.h"

namespace argent::tensor {

enum class ResizeMode {
  kNearest,        ///< the element at floor(i * scale)
  kNearestCenter,  ///< the element at floor((i + 0.5) * scale)
  kLinear,
  kCubic,  ///< Keys, Cubic convolution interpolation for digital image processing (1981), with a = -0.75
  kArea,   ///< the mean over adaptive windows
};

/// What keeps its place: the outer edges of the first and last element, or their centers.
enum class Corners { kEdges, kCenters };

struct ResizeOptions {
  ResizeMode mode = ResizeMode::kLinear;
  Corners corners = Corners::kEdges;
  std::vector<double> scale{};  ///< result / input for each spatial axis; empty: the ratio of the sizes
};

/// x: [N, C, spatial]; `size`: of the spatial axes, or one for all. Keeps channels-last. Sums in f64.
Tensor resize(const Operand& x, const Dims& size, const ResizeOptions& options = {});

/// [.., C * factor^2, H, W] -> [.., C, H * factor, W * factor], and back (Shi et al., Real-time single image super-resolution, 2016).
Tensor pixel_shuffle(const Operand& x, std::int64_t factor);
Tensor pixel_unshuffle(const Operand& x, std::int64_t factor);
/// [N, groups * C, ..]: the channels of the groups by turns.
Tensor channel_shuffle(const Operand& x, std::int64_t groups);

/// What lies outside: the mirror image without the edge itself, the edge, or the other end.
enum class Outside { kReflect, kReplicate, kCircular };

/// `before[i]` and `after[i]` elements around axis i; negative numbers cut off.
Tensor pad(const Operand& x, const Dims& before, const Dims& after, Outside outside);

}  // namespace argent::tensor
