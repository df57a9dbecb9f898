// isp/yuv.h - private: run the yuv kernel.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "isp/image.h"
#include "isp/kernels.h"
#include "isp/yuv_image.h"
#include "models/runtime/kernel_context.h"

namespace argent {

/// Rows Y, Cb, Cr of R, G, B, offset, in units of 2^-kYuvShift codes a code. Rows of chroma sum to 0, so that grey has none.
std::array<std::array<std::int32_t, 4>, 3> yuv_matrix(YuvFormat format);

/// `pairs` pairs of rows of R, G, B codes become those of `out` from pair `first` on. `stride`: bytes from row to row; `width`: pixels that
/// may be read.
void convert_rows(const Kernels& kernels, KernelContext& context, const std::uint8_t* rgb, std::ptrdiff_t stride, int width, YuvImage& out,
                  int first, int pairs);

/// Throws Error: no picture of 8 bits in sRGB's encoding, or a side below 2.
YuvImage to_yuv(const Kernels& kernels, KernelContext& context, const Image& picture, YuvFormat format);

}  // namespace argent
