// isp/mosaic_augmentation.h - changes of RAW mosaics after which each pixel still has the color that its place says.
//
// Domain: linear light, 0 = black level, 1 = saturation -> the same. Shape: [.., rows, columns] of a color filter array of period 2 x 2,
// even sizes -> the same, or smaller and even.
#pragma once

#include <vector>

#include "models/tensor/ops/random.h"
#include "models/tensor/tensor.h"

namespace argent {

/// Mirrored at a pixel instead of an edge: new[i] = old[n - 2 - i], which has i's parity; the last one, for which there is nothing, is
/// old[1], as the first one's mirror image would be. `axis`: -1 columns, -2 rows.
tensor::Tensor flip_mosaic(const tensor::Tensor& mosaic, int axis);

/// `rows` x `columns` from (top, left); all even, or it throws Error.
tensor::Tensor crop_mosaic(const tensor::Tensor& mosaic, std::int64_t top, std::int64_t left, std::int64_t rows, std::int64_t columns);

struct MosaicAugmentation {
  std::int64_t rows = 0, columns = 0;          ///< of a crop at a random even place; 0: all
  double flip_rows = 0.5, flip_columns = 0.5;  ///< probabilities
  double darkest = 1, brightest = 1;           ///< the exposure is multiplied by a number between, uniform in its logarithm
  /// Photon and read noise of the first mosaic alone: variance = shot * x + read^2.
  double shot = 0, read = 0;
};

/// Mosaics of one sample: the same crop, flips and exposure for all; noise for the first. Clipped to at most 1 afterwards.
std::vector<tensor::Tensor> augment_mosaics(std::vector<tensor::Tensor> mosaics, const MosaicAugmentation& options,
                                            tensor::Generator& random);

}  // namespace argent
