// isp/yuv_layout.h - what the yuv kernel and isp/yuv.cpp have to agree on.
// Private; halide_gen includes it in the build, so it knows nothing but the language.
#pragma once

namespace argent {

/// Coefficients are integers: this many bits stand for 1.
inline constexpr int kYuvShift = 14;

/// A row of planes is a multiple of so many codes: the kernel writes whole vectors.
inline constexpr int kYuvBlock = 64;

}  // namespace argent
