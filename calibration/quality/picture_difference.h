// calibration/quality/picture_difference.h - how far two pictures are from each other, in the numbers that the field compares.
#pragma once

#include <array>
#include <optional>

#include "isp/geometry.h"
#include "isp/image.h"

namespace argent {

struct PictureDifference {
  std::array<double, 3> psnr{};            ///< dB, of R, G and B; infinite where nothing differs. Peak 1
  double cpsnr = 0;                        ///< dB, of the mean of the three errors
  std::optional<double> ssim;              ///< of luma, -1..1; absent below 11x11 pixels
  std::array<double, 3> mean{};            ///< of B - A, signed, in units of full scale
  double largest = 0;                      ///< of |B - A|, any channel
  double delta_e_mean = 0;                 ///< CIEDE2000
  double delta_e_95 = 0, delta_e_max = 0;  ///< the 95th percentile (nearest rank) and the largest
};

/// Of two f32 pictures of sRGB's primaries and the same size, both in sRGB's encoding or both linear: PSNR and SSIM are of the numbers as
/// they are, CIEDE2000 is of the colors that they mean (D65 for white; what is not finite counts as 0).
/// SSIM: Wang, Bovik, Sheikh, Simoncelli 2004, eq. 13 and section III.C: 11x11 Gaussian window of sigma 1.5, K1 = 0.01, K2 = 0.03, mean
/// over the windows that lie inside; no halving first. Luma has BT.601's weights, as the authors' program gets it by rgb2gray. The same
/// result for any number of threads; 0: all cores. Throws Error: sizes, types or encodings that differ or do not fit.
PictureDifference difference_of(const Image& a, const Image& b, int threads = 0);

/// f32, of what the codes mean in `encoding`; the part `area` of it (not empty, inside). Integers: full scale is 1.
Image as_floats(const Image& image, Rect area, Encoding encoding, BufferPool& pool);

/// 8-bit picture of 0.5 + gain (b - a), clipped: grey where nothing differs, bright where b is. Same conditions as difference_of().
Image difference_picture(const Image& a, const Image& b, float gain, BufferPool& pool);

}  // namespace argent
