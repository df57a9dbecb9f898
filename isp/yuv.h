// isp/yuv.h - private: run the yuv kernel, and what others that make video tell theirs.
#pragma once

#include <HalideBuffer.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "isp/image.h"
#include "isp/kernels.h"
#include "isp/yuv_image.h"
#include "models/runtime/kernel_context.h"

namespace argent {

/// Rows Y, Cb, Cr of R, G, B, offset, in units of 2^-kYuvShift codes a code. Rows of chroma sum to 0, so that grey has none.
using YuvCoefficients = std::array<std::array<std::int32_t, 4>, 3>;
YuvCoefficients yuv_matrix(YuvFormat format);
/// As kernels take it; of the same memory.
Halide::Runtime::Buffer<std::int32_t> buffer_of(YuvCoefficients& matrix);

/// (x, pair) of `pairs` pairs of rows from pair `first` on, each as wide as the picture's stride.
struct YuvRows {
  Halide::Runtime::Buffer<std::uint8_t> even, odd;  ///< luma
  Halide::Runtime::Buffer<std::uint8_t> chroma;     ///< Cb and Cr by turns
};
YuvRows rows_of(YuvImage& picture, int first, int pairs);

/// Throws Error: no picture of 8 bits in sRGB's encoding, or a side below 2.
YuvImage to_yuv(const Kernels& kernels, KernelContext& context, const Image& picture, YuvFormat format);

}  // namespace argent
