// isp/opponents.h - private: balanced camera color as luma and two differences of roots (halide_gen/stages/opponent.h), in 16 bits: what
// noise reduction works on.
#pragma once

#include <HalideBuffer.h>

#include <cstdint>
#include <memory>

#include "isp/mosaic_pass.h"

namespace argent {

/// Of roots of light + lift.
struct Opponents {
  std::shared_ptr<std::byte> block;
  Halide::Runtime::Buffer<std::uint16_t> words;  ///< (x, y, opponent)
  float unit = 1;                                ///< root of 1
  float lift = 0;
  int width() const { return words.dim(0).extent(); }
  int height() const { return words.dim(1).extent(); }
};

/// Kernels that write opponents, or what is made of them, write whole blocks of columns.
inline constexpr int kOpponentBlock = 64;
inline int padded_width(int width) { return (width + kOpponentBlock - 1) / kOpponentBlock * kOpponentBlock; }

/// Of linear color.
Opponents opponents_of(const Kernels& kernels, KernelContext& context, const LinearPicture& picture, float lift);

/// As mosaic_to_linear(): of Bayer mosaics by the fast demosaic in one pass of 16-bit integers.
Opponents mosaic_to_opponents(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                              const PipelineParams& params, const Development& development, Rect area, float lift);

}  // namespace argent
